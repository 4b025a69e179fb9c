import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailLogs } from "../../../db/mail/tables.ts";
import type { LaneQuota } from "../../../fleet/quota/lane-quota.ts";
import { createTurns } from "../../../fleet/quota/turns.ts";
import { eventually } from "../../harness/eventually.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

/** Creates a quota of this many events. The test adds free quota with `make()`. */
function newQuota(places: number): LaneQuota & { make(places: number): void; waiting(): boolean } {
  const turns = createTurns();
  return {
    has: () => places > 0,
    published: (_, { events }) => void (places -= events),
    wait: (partnerId, signal) => turns.wait(partnerId, signal),
    make(more) {
      places += more;
      for (const partnerId of turns.partnerIds()) turns.admit(partnerId, 1);
    },
    waiting: () => turns.partnerIds().length > 0,
  };
}

describe.each(MAIL_SERVERS)("a lane at its quota, watching $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const untilHeld = (quota: { waiting(): boolean }) =>
    eventually("the user to wait for quota", () => quota.waiting() || undefined);

  test("leaves mail in its mailbox and the user watched, over one connection", async () => {
    await using proxy = await startHidingProxy(stack.server, []);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    const quota = newQuota(1);
    await using sessions = stack.openSessions({ quota });
    sessions.watch(user.account);
    await user.watching();
    await stack.server.deliver(user.address, makeMail(1));
    await user.recorded(1);
    for (let n = 2; n <= 4; n++) await stack.server.deliver(user.address, makeMail(n));
    await untilHeld(quota);
    expect(await user.state()).toEqual({ state: "watching", reason: null });
    expect((await user.cursor())?.lastUid).toBe(1);
    expect(await user.events()).toHaveLength(1);
    quota.make(10);
    await user.recorded(4);
    await stack.server.deliver(user.address, makeMail(5));
    expect((await user.recorded(5)).map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 5]);
    expect((await user.events()).map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 5]);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("watches a user that logs in meanwhile, and reads its mail afterwards", async () => {
    const user = await newMailUser(stack);
    await stack.server.deliver(user.address, makeMail(1));
    const quota = newQuota(0);
    await using sessions = stack.openSessions({ quota });
    sessions.watch(user.account);
    await user.watching();
    await untilHeld(quota);
    expect(await user.events()).toEqual([]);
    quota.make(1);
    await user.recorded(1);
  });

  test("does not prevent lost events from being published again", async () => {
    const user = await newMailUser(stack);
    const quota = newQuota(1);
    await using sessions = stack.openSessions({ quota });
    sessions.watch(user.account);
    await user.watching();
    await stack.server.deliver(user.address, makeMail(1));
    const [lost] = await user.recorded(1);
    if (!lost) throw new Error("Nothing is recorded");
    await stack.server.deliver(user.address, makeMail(2));
    await untilHeld(quota);
    sessions.refetch(user.account.userId, [lost]);
    await eventually("another publication", async () =>
      (await user.events()).length === 2 ? true : undefined,
    );
    expect((await user.events()).map(({ uid }) => uid)).toEqual([1, 1]);
    const rows = await stack.db
      .select()
      .from(mailLogs)
      .where(eq(mailLogs.userId, user.account.userId));
    expect(rows).toHaveLength(1);
  });

  test("does not delay the end of a session", async () => {
    const user = await newMailUser(stack);
    await stack.server.deliver(user.address, makeMail(1));
    const quota = newQuota(0);
    {
      await using sessions = stack.openSessions({ quota });
      sessions.watch(user.account);
      await untilHeld(quota);
    }
    expect(quota.waiting()).toBe(false);
    await eventually("its connection to be closed", async () =>
      (await stack.server.connectionCount(user.login)) === 0 ? true : undefined,
    );
  });
});
