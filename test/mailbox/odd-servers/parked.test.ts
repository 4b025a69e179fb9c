import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy, type Tampering } from "../tampering-proxy.ts";

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

/** Returns whether the command is a FETCH of `item` whose set of UIDs contains this UID. */
function asksFor(command: string, item: string, uid: number): boolean {
  const [, set, items] = /UID FETCH (\S+) (.*)/.exec(command) ?? [];
  if (set === undefined || !items?.includes(item)) return false;
  return set.split(",").some((part) => {
    const [first = 0, last = first] = part
      .split(":")
      .map((end) => (end === "*" ? Infinity : Number(end)));
    return first <= uid && uid <= last;
  });
}

const TROUBLES: [string, item: string, reason: string, Tampering][] = [
  ["whose body is refused", "BODY", "body_not_fetched", { reply: "NO not now" }],
  ["whose body comes never", "BODY", "body_not_fetched", { reply: "OK done" }],
  ["whose body ends the connection", "BODY", "body_not_fetched", "drop_connection"],
  ["whose header is refused", "(UID ", "header_not_fetched", { reply: "BAD what" }],
  ["whose header ends the connection", "(UID ", "header_not_fetched", "drop_connection"],
];

describe.each(MAIL_SERVERS)("a mail at $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  test.each(TROUBLES)(
    "%s is parked, stands in nobody's way, and comes later, once",
    async (_name, item, reason, tampering) => {
      await using proxy = await startTamperingProxy(stack.server);
      proxy.onCommand = (command) => (asksFor(command, item, 2) ? tampering : "pass");
      const user = await newMailUser(stack, { server: { port: proxy.port } });
      for (const n of [1, 2, 3]) await stack.server.deliver(user.address, makeMail(n));
      // The clock shortens the two seconds between the sessions that search for the bad mail.
      await using sessions = stack.openSessions({ clock: hurriedClock(10) });
      sessions.watch(user.account);
      expect(await user.recorded(3, 30_000)).toMatchObject([
        { state: "queued" },
        { state: "parked", reason, streamSeq: null },
        { state: "queued" },
      ]);
      await stack.server.deliver(user.address, makeMail(4));
      expect((await user.recorded(4))[3]).toMatchObject({ state: "queued" });

      proxy.onCommand = () => "pass";
      const [, settled] = await eventually("the parked mail to be delivered", async () => {
        const rows = await user.recorded(4);
        return rows[1]?.state === "queued" ? rows : undefined;
      });
      const events = await user.events();
      expect(events.map(({ uid }) => uid)).toEqual([1, 3, 4, 2]);
      expect(settled).toMatchObject({
        eventId: events[3]?.id,
        sha1: events[3]?.sha1,
        reason: null,
      });
      expect(await user.recorded(4)).toHaveLength(4);
      expect(await user.cursor()).toMatchObject({ lastUid: 4 });
    },
  );

  test("that is expunged while it is parked is skipped, and says why", async () => {
    await using proxy = await startTamperingProxy(stack.server);
    proxy.onCommand = (command) => (asksFor(command, "BODY", 1) ? { reply: "NO no" } : "pass");
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await stack.server.deliver(user.address, makeMail(1));
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    expect(await user.recorded(1)).toMatchObject([{ state: "parked" }]);
    proxy.onCommand = (command) =>
      /UID (FETCH|SEARCH)/.test(command) ? { reply: "OK nothing here" } : "pass";
    await eventually("the mail to be skipped", async () => {
      const [row] = await user.recorded(1);
      return row?.state === "skipped" && row.reason === "expunged" ? true : undefined;
    });
  });
});
