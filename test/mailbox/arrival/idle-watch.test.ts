import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { appendMail, openInbox } from "../../harness/mail-servers/mail-client.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { SESSION_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";
import { replaceRows } from "../fetch-rows.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const mailOf = (n: number, bytes = 0) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n${"0123456789\r\n".repeat(bytes / 12)}`;

describe.each(SESSION_SERVERS)("without a full client, mail from $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const deliver = async (user: MailUser, numbers: readonly number[], bytes = 0) => {
    for (const n of numbers) await stack.server.deliver(user.address, mailOf(n, bytes));
  };
  /**
   * Returns the numbers of the user's mails, lowest first. Checks that the events are in the order
   * of UIDs. Dovecot may find a mail in the Maildir after one that was delivered later.
   */
  const readSubjects = async (user: MailUser) => {
    const events = await user.events();
    const uids = events.map(({ uid }) => uid);
    expect(uids).toEqual(uids.toSorted((one, other) => one - other));
    return events
      .map(({ envelope }) => Number(envelope?.subject))
      .toSorted((one, other) => one - other);
  };

  const countWatches = (user: MailUser) =>
    stack.log.lines.filter(
      (line) => line.includes("idle_watch_began") && line.includes(user.account.userId),
    ).length;
  /** Waits until an IdleWatch watches the mailbox for the nth time. */
  const idleWatch = (user: MailUser, nth = 1) =>
    eventually(`idle watch ${nth}`, () => (countWatches(user) >= nth ? true : undefined));

  /** Creates a user and waits until an IdleWatch watches it, through a proxy. */
  async function watchedUser() {
    const opened = new AsyncDisposableStack();
    const proxy = opened.use(await startTamperingProxy(stack.server));
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    const sessions = opened.use(stack.openSessions({ usesIdleWatch: true, lookIntervalMs: 500 }));
    sessions.watch(user.account);
    await idleWatch(user);
    return { proxy, user, sessions, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }

  test("arrives one by one, with all that is known of it", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    await deliver(user, [1]);
    const [row] = await user.recorded(1);
    expect(row).toMatchObject({ uid: 1, state: "queued", messageId: "<1@example.com>" });
    const [event] = await user.events();
    expect(event).toMatchObject({
      uid: 1,
      size_bytes: row?.sizeBytes,
      envelope: { subject: "1", from: [{ address: "bob@example.com" }] },
    });
    expect(Date.now() - (event?.internal_date_ms ?? 0)).toBeLessThan(3_600_000);
    await deliver(user, [2]);
    await user.recorded(2);
    expect(await user.cursor()).toMatchObject({ mailbox: "INBOX", lastUid: 2 });
    expect(await readSubjects(user)).toEqual([1, 2]);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("that is large or much is read by a full client, on the same connection", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    await deliver(user, [1], 100_000);
    expect((await user.recorded(1))[0]?.sizeBytes).toBeGreaterThan(90_000);
    await idleWatch(user, 2);
    const many = Array.from({ length: 60 }, (_, n) => n + 2);
    await deliver(user, many);
    await user.recorded(61);
    expect(await readSubjects(user)).toEqual([1, ...many]);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("that comes in one long burst costs its server no harm", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    const numbers = Array.from({ length: 90 }, (_, n) => n + 1);
    await deliver(user, numbers, 60_000);
    await user.recorded(90);
    expect(await readSubjects(user)).toEqual(numbers);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("that is announced together is read in batches", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) => text.replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, "");
    const numbers = Array.from({ length: 50 }, (_, n) => n + 1);
    await deliver(user, numbers, 60_000);
    proxy.onResponse = (text) => text;
    await user.recorded(50);
    expect(await readSubjects(user)).toEqual(numbers);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("of which the server sends more than was asked for is read by a full client", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) =>
      replaceRows(text, (row) =>
        row.replace(
          /(BODY\[\]<0>) \{(\d+)\}\r\n/,
          (_, item: string, size: string) =>
            `${item} {${Number(size) + 70_000}}\r\n${"x".repeat(70_000)}`,
        ),
      );
    await deliver(user, [1]);
    await user.recorded(1);
    await deliver(user, [2]);
    await user.recorded(2);
    expect(await readSubjects(user)).toEqual([1, 2]);
    expect(proxy.connectionCount()).toBe(2);
  });

  test("that was not announced is found by a look", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) => text.replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, "");
    await deliver(user, [1]);
    expect(await user.recorded(1)).toHaveLength(1);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("arrives over gaps in the UIDs, and stays unread", async () => {
    await using watched = await watchedUser();
    const { user } = watched;
    await using inbox = await openInbox(stack.server, user);
    await deliver(user, [1, 2]);
    await user.recorded(2);
    await inbox.messageDelete("1:2", { uid: true });
    const uid = await appendMail(stack.server, user, mailOf(3));
    const rows = await user.recorded(3);
    expect(rows.map((row) => row.uid)).toEqual([1, 2, uid]);
    const message = await inbox.fetchOne(String(uid), { flags: true }, { uid: true });
    expect(message && message.flags).not.toContain("\\Seen");
  });

  test("arrives after the connection was lost", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    await deliver(user, [1]);
    await user.recorded(1);
    await stack.server.disconnect(user.login);
    await deliver(user, [2, 3]);
    await user.recorded(3);
    expect(await readSubjects(user)).toEqual([1, 2, 3]);
    expect(proxy.connectionCount()).toBe(2);
  });

  test("arrives no longer, once its user is released and logged out", async () => {
    await using watched = await watchedUser();
    const { user, sessions } = watched;
    sessions.release(user.account.userId);
    await eventually("the session to log out", async () =>
      (await stack.server.connectionCount(user.login)) === 0 ? true : undefined,
    );
    await deliver(user, [1]);
    expect(await user.recorded(0)).toEqual([]);
  });
});
