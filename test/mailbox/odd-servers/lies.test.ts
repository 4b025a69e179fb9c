import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import {
  MAIL_SERVERS,
  type SessionStack,
  type SessionTestSettings,
  startSessionStack,
} from "../session-stack.ts";
import { replaceRows } from "../fetch-rows.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

describe.each(MAIL_SERVERS)("mail arrives although $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const readSubjects = async (user: MailUser) =>
    (await user.events()).map(({ envelope }) => Number(envelope?.subject));

  type Watched = Awaited<ReturnType<typeof watchedUser>>;

  /** How far the sessions' clock is ahead of the real time. */
  let aheadMs = 0;
  const clock = { ...hurriedClock(25), now: () => Date.now() + aheadMs };

  /** Creates a user that is watched through a proxy and has received a mail. */
  const watchedUser = async (
    hidden: readonly string[] = [],
    settings: SessionTestSettings = {},
  ) => {
    const opened = new AsyncDisposableStack();
    const proxy = opened.use(await startTamperingProxy(stack.server));
    const hide = (text: string) => hidden.reduce((rest, name) => rest.replaceAll(name, ""), text);
    proxy.onResponse = hide;
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    // The clock shortens the five seconds that a session waits after a server ended IDLE too early.
    const sessions = opened.use(stack.openSessions({ clock, ...settings }));
    await stack.server.deliver(user.address, makeMail(1));
    sessions.watch(user.account);
    await user.recorded(1);
    await user.watching();
    return { proxy, user, hide, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  };

  test.each([
    ["says so while IDLE lasts", [], true],
    ["says so only when it is asked", [" IDLE"], false],
  ])("it numbers its mail anew in mid-session and %s", async (_name, hidden, isTold) => {
    await using watched = await watchedUser(hidden);
    const { proxy, user, hide } = watched;
    const before = (await user.cursor())?.uidValidity ?? 0;
    const after = before + 7;
    proxy.onResponse = (text) =>
      hide(text)
        .replaceAll(`UIDVALIDITY ${before}`, `UIDVALIDITY ${after}`)
        // If `isTold`, the injected line must be the only news during IDLE.
        .replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, (line) => (isTold ? "" : line));
    await stack.server.deliver(user.address, makeMail(2));
    if (isTold) proxy.inject(`* OK [UIDVALIDITY ${after}] UIDs are new`);
    await eventually("the reset to be recorded", async () => (await user.resets())[0]);
    proxy.onResponse = (text) =>
      hide(text).replaceAll(`UIDVALIDITY ${before}`, `UIDVALIDITY ${after}`);
    await eventually("the mail in the gap", async () =>
      (await user.events()).length >= 2 ? true : undefined,
    );
    await stack.server.deliver(user.address, makeMail(3));
    await eventually("the next mail", async () =>
      (await user.events()).length >= 3 ? true : undefined,
    );
    expect(await readSubjects(user)).toEqual([1, 2, 3]);
    expect(await user.resets()).toHaveLength(1);
    expect(await user.cursor()).toMatchObject({ uidValidity: after });
    expect(proxy.connectionCount()).toBe(1);
  });

  test.each(["NO not now", "BAD what is that"])("it answers IDLE with %s", async (reply) => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onCommand = (command) => (command.includes("IDLE") ? { reply } : "pass");
    await stack.server.deliver(user.address, makeMail(2));
    await user.recorded(2);
    await stack.server.deliver(user.address, makeMail(3));
    expect(await user.recorded(3)).toHaveLength(3);
    expect(proxy.connectionCount()).toBe(1);
  });

  /** Delivers several mails that one EXISTS announces together. */
  const deliverTogether = async ({ proxy, user }: Watched, numbers: readonly number[]) => {
    const { onResponse } = proxy;
    proxy.onResponse = (text) => onResponse(text).replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, "");
    for (const n of numbers) await stack.server.deliver(user.address, makeMail(n));
    proxy.onResponse = onResponse;
    proxy.inject(`* ${Math.max(...numbers)} EXISTS`);
  };
  const refuseHeaderBytes = (command: string) =>
    command.includes("BODY.PEEK[HEADER]") ? { reply: "NO not now" } : "pass";
  /** Whether a row of FETCH has the envelope of this mail, or the beginning of the whole mail. */
  const isHeaderRow = (uid: number, row: string) =>
    /ENVELOPE|BODY\[\]<0>/.test(row) && new RegExp(`\\bUID ${uid}\\b`).test(row);

  test.each([
    ["once", 1],
    ["again and again", Infinity],
  ])("it leaves a message out of a FETCH that it answers with OK, %s", async (_name, times) => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    let left = times;
    proxy.onCommand = refuseHeaderBytes;
    proxy.onResponse = (text) =>
      replaceRows(text, (row) => (isHeaderRow(2, row) && left-- > 0 ? "" : row));
    await deliverTogether(watched, [2, 3]);
    const rows = await user.recorded(3);
    expect(rows.map(({ uid, state }) => [uid, state])).toEqual([
      [1, "queued"],
      [2, times === 1 ? "queued" : "parked"],
      [3, "queued"],
    ]);
  });

  test.each([
    ["of today", new Date()],
    ["of 1970", new Date(0)],
    ["of five days ago", new Date(Date.now() - 5 * 86_400_000)],
  ])("it shows a later mail first, and one %s behind it", async (_name, date) => {
    await using watched = await watchedUser([" IDLE"]);
    const { proxy, user, hide } = watched;
    proxy.onCommand = refuseHeaderBytes;
    const without2 = (line: string) =>
      line
        .replace("2:3", "3")
        .replace(/ 2(?=[ \r])/, "")
        .replace(/(?<= )2,/, "")
        .replace(/( ALL)? *\r/, (end) => (end.startsWith(" ALL") ? "\r" : end));
    proxy.onResponse = (text) =>
      replaceRows(
        hide(text).replaceAll(/^\* (SEARCH|ESEARCH .* ALL)( .*)?\r\n/gm, without2),
        (row) => (isHeaderRow(2, row) ? "" : row),
      );
    await appendMail(stack.server, user, makeMail(2), date);
    await stack.server.deliver(user.address, makeMail(3));
    await user.recorded(2);
    expect(await user.cursor()).toMatchObject({ lastUid: 3 });
    proxy.onResponse = hide;
    const found = () => stack.log.lines.filter((line) => line.includes("mail_found_behind")).length;
    const before = found();
    aheadMs += 10 * 60_000;
    await user.recorded(3);
    expect((await readSubjects(user)).toSorted()).toEqual([1, 2, 3]);
    expect(found()).toBe(before + 1);
  });

  test("it once reported a last mail that never existed", async () => {
    await using opened = new AsyncDisposableStack();
    const proxy = opened.use(await startTamperingProxy(stack.server));
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await stack.server.deliver(user.address, makeMail(1));
    proxy.onResponse = (text) =>
      text
        .replace(/UIDNEXT \d+/, "UIDNEXT 500")
        .replace(/^(\* \d+ FETCH \((?!.*(?:ENVELOPE|SIZE|BODY)).*)UID 1\b/m, "$1UID 499");
    const lied = opened.use(stack.openSessions({ clock }));
    lied.watch(user.account);
    await user.recorded(1);
    await user.watching();
    expect(await user.cursor()).toMatchObject({ lastUid: 499 });
    lied.release(user.account.userId);

    proxy.onResponse = (text) => text;
    for (const n of [2, 3]) await stack.server.deliver(user.address, makeMail(n));
    const sessions = opened.use(stack.openSessions({ clock, lookIntervalMs: 300 }));
    sessions.watch(user.account);
    await user.recorded(3);
    expect((await readSubjects(user)).toSorted()).toEqual([1, 2, 3]);
  });

  test("it reports changed flags among the headers", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) =>
      text.replaceAll(/\* (\d+) FETCH .*\r\n/g, (line, seq: string) => {
        const flags = `* ${seq} FETCH (UID ${seq} FLAGS (\\Seen))\r\n`;
        return line.includes("ENVELOPE") ? `${flags}${line}${flags}` : line;
      });
    await deliverTogether(watched, [2, 3]);
    const rows = await user.recorded(3);
    expect(rows.map(({ messageId }) => messageId)).toEqual(
      [1, 2, 3].map((n) => `<${n}@example.com>`),
    );
    for (const { sizeBytes } of rows) expect(sizeBytes).toBeGreaterThan(50);
    expect(await readSubjects(user)).toEqual([1, 2, 3]);
  });

  test("it forgets to announce it", async () => {
    await using watched = await watchedUser([], { lookIntervalMs: 300 });
    const { proxy, user } = watched;
    proxy.onResponse = (text) =>
      text.includes("FLAGS (") ? text : text.replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, "");
    for (const n of [2, 3]) {
      await stack.server.deliver(user.address, makeMail(n));
      await user.recorded(n);
    }
    expect(proxy.connectionCount()).toBe(1);
  });

  test("it announces mail before it can be fetched", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) => text.replaceAll(/\* \d+ (EXISTS|RECENT)\r\n/g, "");
    let looks = 0;
    proxy.onCommand = (command) => {
      if (/EXAMINE|UID SEARCH/.test(command)) looks++;
      return "pass";
    };
    proxy.inject("* 2 EXISTS");
    await eventually("a look in vain", () => (looks > 0 ? true : undefined));
    await stack.server.deliver(user.address, makeMail(2));
    expect(await user.recorded(2)).toHaveLength(2);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("it announces four thousand million messages", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.inject("* 4294967295 EXISTS");
    await stack.server.deliver(user.address, makeMail(2));
    await user.recorded(2);
    await stack.server.deliver(user.address, makeMail(3));
    expect(await user.recorded(3)).toHaveLength(3);
    expect(await readSubjects(user)).toEqual([1, 2, 3]);
    expect(proxy.connectionCount()).toBe(1);
  });
});
