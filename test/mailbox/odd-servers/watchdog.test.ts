import { afterAll, beforeAll, expect, test } from "vitest";
import { findUserById } from "../../../db/users/users.ts";
import { createFreshness } from "../../../fleet/mailbox/session/freshness.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { Certificates } from "../../../dev/stack/certificates.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const MAIL = "From: bob@example.com\r\nSubject: Hello\r\n\r\nHello\r\n";
const timeouts = { connectMs: 400, greetingMs: 400, commandMs: 400, logoutMs: 200 };

// Gmail's extension makes sessions send LIST, too.
const startGmail = (certificates: Certificates) => startInHouse(certificates, { gmail: true });

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startGmail);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test.each(["AUTHENTICATE", "LIST", "EXAMINE", "SEARCH", "BODY", "IDLE"])(
  "a server that never answers %s is found out, and the mail comes",
  async (command) => {
    await using proxy = await startTamperingProxy(stack.server);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await stack.server.deliver(user.address, MAIL);
    let swallowed = 0;
    proxy.onCommand = (text) => {
      if (swallowed > 0 || !text.includes(command)) return "pass";
      swallowed++;
      return "swallow";
    };
    await using sessions = stack.openSessions({ timeouts });
    sessions.watch(user.account);
    await eventually("another connection", () => (proxy.connectionCount() > 1 ? true : undefined));
    await user.watching();
    expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
    expect(swallowed).toBe(1);
  },
);

test("a server without a greeting is detected, and the mail arrives", async () => {
  await using proxy = await startTamperingProxy(stack.server);
  proxy.onResponse = (text) => (proxy.connectionCount() > 1 ? text : "");
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  await stack.server.deliver(user.address, MAIL);
  await using sessions = stack.openSessions({ timeouts });
  sessions.watch(user.account);
  expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
});

test("sessions end in time when their server becomes silent in all of them at once", async () => {
  await using proxy = await startTamperingProxy(stack.server);
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  const sessions = stack.openSessions({ timeouts });
  sessions.watch(user.account);
  await user.watching();
  proxy.onCommand = () => "swallow";
  const startedMs = performance.now();
  await sessions[Symbol.asyncDispose]();
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});

test("a session that is released before the greeting comes ends at once", async () => {
  await using proxy = await startTamperingProxy(stack.server);
  proxy.onResponse = () => "";
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  const sessions = stack.openSessions({ timeouts: { greetingMs: 30_000, commandMs: 30_000 } });
  sessions.watch(user.account);
  await eventually("a connection", () => (proxy.connectionCount() > 0 ? true : undefined));
  const startedMs = performance.now();
  await sessions[Symbol.asyncDispose]();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(await user.state()).toEqual({ state: "connecting", reason: null });
});

test.each([true, false])(
  "a look confirms that all mail was seen, and so does the next (with an IdleWatch: %s)",
  async (usesIdleWatch) => {
    const user = await newMailUser(stack);
    const confirmedMs: number[] = [];
    const startedMs = Date.now();
    await using sessions = stack.openSessions({
      usesIdleWatch,
      lookIntervalMs: 100,
      heard: (_, caughtUpMs) => void (caughtUpMs !== null && confirmedMs.push(caughtUpMs)),
    });
    sessions.watch(user.account);
    await eventually("three confirmations", () => confirmedMs.length >= 3 || undefined);
    expect(confirmedMs[0]).toBeGreaterThanOrEqual(startedMs);
    expect(confirmedMs).toEqual([...new Set(confirmedMs)].toSorted((a, b) => a - b));
  },
);

test("the time of a server's last answer is written for many users at once", async () => {
  const freshness = createFreshness({ ...stack, clock: systemClock }, { intervalMs: 50 });
  const stop = new AbortController();
  const running = freshness.run(stop.signal);
  const heard = [await newMailUser(stack), await newMailUser(stack)];
  const silent = await newMailUser(stack);
  await using sessions = stack.openSessions({ heard: freshness.heard });
  for (const user of heard) sessions.watch(user.account);
  const lastHeardAt = async (userId: string) => {
    const user = await findUserById(stack.db, userId);
    return user?.lastHeardAt ?? undefined;
  };
  for (const { account } of heard) {
    const at = await eventually("the time to be written", () => lastHeardAt(account.userId));
    expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(5_000);
  }
  expect(await lastHeardAt(silent.account.userId)).toBeUndefined();
  stop.abort();
  await running;
});
