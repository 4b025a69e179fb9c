import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { computeEventId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { appendMail, openInbox } from "../../harness/mail-servers/mail-client.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { SESSION_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;
const ONE_TO_300 = Array.from({ length: 300 }, (_, index) => index + 1);

describe.each(SESSION_SERVERS)("mail arrives from $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const deliver = async (user: MailUser, from: number, to: number) => {
    for (let n = from; n <= to; n++) await stack.server.deliver(user.address, makeMail(n));
  };
  const readUids = async (user: MailUser) => (await user.events()).map(({ uid }) => uid);
  const readSubjects = async (user: MailUser) =>
    (await user.events()).map(({ envelope }) => Number(envelope?.subject));

  test("while it is watched, at once, and the cursor moves on", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 1, 1);
    const [row] = await user.recorded(1);
    const { userId, partnerId, tag } = user.account;
    const [event] = await user.events();
    const uidValidity = row?.uidValidity ?? 0;
    const identity = { userId, accountEpoch: 0, mailbox: "INBOX", uidValidity, uid: 1 };
    expect(event).toMatchObject({
      id: computeEventId(identity),
      partner_id: partnerId,
      user_tag: tag,
      imap_provider_code: "PLAIN",
      oversize: false,
    });
    expect(row).toMatchObject({ eventId: event?.id, uid: 1, state: "queued", sha1: event?.sha1 });
    expect(await user.cursor()).toMatchObject({ mailbox: "INBOX", lastUid: 1 });
  });

  test("when it arrived while the user was not watched", async () => {
    const user = await newMailUser(stack);
    {
      await using sessions = stack.openSessions();
      sessions.watch(user.account);
      await user.watching();
      await deliver(user, 1, 1);
      await user.recorded(1);
    }
    await deliver(user, 2, 4);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.recorded(4);
    expect(await readSubjects(user)).toEqual([1, 2, 3, 4]);
  });

  test("when it came before the first connection, but after the user", async () => {
    const user = await newMailUser(stack);
    await deliver(user, 1, 2);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.recorded(2);
    await user.watching();
    expect(await readSubjects(user)).toEqual([1, 2]);
    expect(await user.cursor()).toMatchObject({ lastUid: 2 });
  });

  test("three hundred in one go: each once, and in order", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 1, 300);
    const rows = await user.recorded(300);
    expect(rows.map(({ uid }) => uid)).toEqual(ONE_TO_300);
    expect(await readUids(user)).toEqual(ONE_TO_300);
    expect(new Set(await readSubjects(user))).toEqual(new Set(ONE_TO_300));
    expect(await user.cursor()).toMatchObject({ lastUid: 300 });
  });

  test("three hundred that waited: each once, and in order", async () => {
    const user = await newMailUser(stack);
    await deliver(user, 1, 300);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    expect(await user.recorded(300)).toHaveLength(300);
    expect(await readUids(user)).toEqual(ONE_TO_300);
    expect(new Set(await readSubjects(user))).toEqual(new Set(ONE_TO_300));
  });

  test("while older mail is still being read", async () => {
    const user = await newMailUser(stack);
    await deliver(user, 1, 120);
    let late: Promise<void> | undefined;
    await using sessions = stack.openSessions({
      // Called when the first headers have been fetched, but the other headers have not.
      wantsNewMail() {
        late ??= deliver(user, 121, 121);
        return true;
      },
    });
    sessions.watch(user.account);
    expect(await user.recorded(121)).toHaveLength(121);
    await late;
  });

  test("over gaps in the UIDs", async () => {
    const user = await newMailUser(stack);
    await deliver(user, 1, 3);
    await using inbox = await openInbox(stack.server, user);
    await inbox.messageDelete("2", { uid: true });
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 4, 6);
    await user.recorded(5);
    await inbox.messageDelete("4:6", { uid: true });
    await deliver(user, 7, 7);
    const rows = await user.recorded(6);
    expect(rows.map(({ uid }) => uid)).toEqual([1, 3, 4, 5, 6, 7]);
    expect(await readSubjects(user)).toEqual([1, 3, 4, 5, 6, 7]);
  });

  test("when all mail was expunged in between", async () => {
    const user = await newMailUser(stack);
    await deliver(user, 1, 5);
    await using inbox = await openInbox(stack.server, user);
    await inbox.messageDelete("1:*", { uid: true });
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 6, 6);
    expect(await user.recorded(1)).toMatchObject([{ uid: 6 }]);
  });

  test("when the server drops the connection", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 1, 1);
    await user.recorded(1);
    await stack.server.disconnect(user.login);
    await deliver(user, 2, 3);
    await user.recorded(3);
    expect(await readSubjects(user)).toEqual([1, 2, 3]);
  });

  test("when the server has no IDLE, by asking", async () => {
    await using proxy = await startHidingProxy(stack.server, ["IDLE"]);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await using sessions = stack.openSessions({ pollIntervalMs: 100 });
    sessions.watch(user.account);
    await user.watching();
    await deliver(user, 1, 1);
    await user.recorded(1);
    await deliver(user, 2, 2);
    expect(await user.recorded(2)).toHaveLength(2);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("and stays unread", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    const uid = await appendMail(stack.server, user, makeMail(1));
    await user.recorded(1);
    await using inbox = await openInbox(stack.server, user);
    const message = await inbox.fetchOne(String(uid), { flags: true }, { uid: true });
    expect(message && message.flags).not.toContain("\\Seen");
  });

  test("not after its user is released", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    expect(await stack.server.connectionCount(user.login)).toBe(1);
    sessions.release(user.account.userId);
    expect(sessions.size).toBe(0);
    await eventually("the session to log out", async () =>
      (await stack.server.connectionCount(user.login)) === 0 ? true : undefined,
    );
    await deliver(user, 1, 1);
    expect(await user.recorded(0)).toEqual([]);
  });
});
