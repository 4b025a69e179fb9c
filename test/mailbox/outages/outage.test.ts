import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { newMailUser } from "../mail-user.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

describe.each(MAIL_SERVERS)("an outage of our own, watching $name", ({ startServer }) => {
  let stack: SessionStack & OwnFleetStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer, startOwnFleetStack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const loggedAfter = (lines: number, event: string) =>
    eventually(`${event} in the log`, () =>
      stack.log.lines.slice(lines).some((line) => line.includes(`"${event}"`)) ? true : undefined,
    );

  test.each([
    ["NATS", "nats", "bus.disconnected"],
    ["PostgreSQL", "postgres", "mailbox.sync_failed"],
  ] as const)("of %s delays mail, loses none, and costs no login", async (_, program, noticed) => {
    await using proxy = await startHidingProxy(stack.server, []);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    // The clock shortens the pauses after failures. With the real clock, the second pause is at
    // least 7 s.
    await using sessions = stack.openSessions({ clock: hurriedClock(20) });
    sessions.watch(user.account);
    await user.watching();
    const lines = stack.log.lines.length;
    await stack.programs[program].stop();
    await stack.server.deliver(user.address, makeMail(1));
    await loggedAfter(lines, noticed);
    await stack.server.deliver(user.address, makeMail(2));
    await stack.programs[program].start();
    // A publish that NATS never received is abandoned after 5 s, and repeated.
    expect(await user.recorded(2, 20_000)).toMatchObject([
      { state: "queued" },
      { state: "queued" },
    ]);
    expect((await user.events()).map(({ uid }) => uid)).toEqual([1, 2]);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("fifty sessions that are stopped at any moment leave no connection behind", async () => {
    const user = await newMailUser(stack);
    await stack.server.deliver(user.address, makeMail(1));
    for (let n = 0; n < 50; n++) {
      await using sessions = stack.openSessions();
      sessions.watch(user.account);
      // The sessions are stopped this many milliseconds after their start.
      await delay(n * 2);
    }
    await eventually("all connections to be closed", async () =>
      (await stack.server.connectionCount(user.login)) === 0 ? true : undefined,
    );
    expect(await user.recorded(1)).toHaveLength(1);
    expect(await user.events()).toHaveLength(1);
  });
});
