import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { tracerLogs } from "../../db/tracers/tables.ts";
import { users } from "../../db/users/tables.ts";
import { insertTracer, measureOverdueTracers } from "../../db/tracers/tracer-stages.ts";
import { listTracerUsers } from "../../db/tracers/tracer-users.ts";
import { watchTracers } from "../../fleet/tracer/watch-tracers.ts";
import { createTracers } from "../../fleet/tracer/tracers.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../harness/stacks/fleet-stack.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { startSubmission, type TestSubmissionServer } from "../harness/mail-servers/submission.ts";
import { startSessionStack } from "../mailbox/session-stack.ts";
import { runRole } from "../webhook/running-role.ts";
import {
  newTracerUser,
  sendCluster,
  type TestTracerUser,
  TIMEOUTS,
  type TracerStack,
  withTracers,
} from "./tracer-stack.ts";

let stack: TracerStack & OwnFleetStack;
let smtp: TestSubmissionServer;
beforeAll(async () => {
  stack = withTracers(await startSessionStack(startInHouse, startOwnFleetStack));
  const { deliver } = stack.server;
  smtp = await startSubmission(stack.certificates, { security: "none", deliver });
});
afterEach(() => stack.db.delete(tracerLogs));
afterAll(async () => {
  await smtp?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

/** Runs the tracer service of an instance that watches these users, until disposed. */
function runTracers(
  held: readonly TestTracerUser[],
  { tracers = 2, intervalMs = 50, limitMs = 60_000 } = {},
) {
  const stop = new AbortController();
  const { metrics } = stack;
  const deps = { ...stack.sendDeps, metrics, accounts: () => held.map(({ account }) => account) };
  const settings = { tracers, intervalMs, limitMs, allowsPrivateHosts: true, timeouts: TIMEOUTS };
  const running = createTracers(deps, settings).run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const overdue = async () => {
  const { values } = await stack.metrics.tracerOverdue.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.stage, value]));
};

test("an instance sends groups of tracers to its own tracer users only", async () => {
  const [first, second] = [
    await newTracerUser(stack, { smtp }),
    await newTracerUser(stack, { smtp }),
  ];
  const others = await newTracerUser(stack, { smtp });
  const ordinary = await newTracerUser(stack, { smtp, enableTracer: false });
  {
    await using _running = runTracers([first, second, ordinary]);
    await first.tracersThat("are sent", 2, () => true);
    await second.tracersThat("are sent", 2, () => true);
  }
  expect(await others.tracers()).toEqual([]);
  expect(await ordinary.tracers()).toEqual([]);
});

test("no tracers are sent if their number is 0", async () => {
  const user = await newTracerUser(stack, { smtp });
  stack.metrics.tracerOverdue.reset();
  await using _running = runTracers([user], { tracers: 0, intervalMs: 1 });
  await eventually("a round of the watch", async () => "seen" in (await overdue()) || undefined);
  expect(await user.tracers()).toEqual([]);
});

test.each([
  ["is not watched yet", { state: "connecting" }],
  ["is paused", { pausedAt: new Date() }],
  ["is archived", { archivedAt: new Date() }],
  ["has no password any more", { sealedLoginPassword: null }],
] as const)("no tracer is sent to a user who %s", async (_what, change) => {
  const { account } = await newTracerUser(stack, { smtp });
  const listed = () => listTracerUsers(stack.db, [account.userId]);
  expect(await listed()).toHaveLength(1);
  await stack.db.update(users).set(change).where(eq(users.id, account.userId));
  expect(await listed()).toEqual([]);
});

test("a delivery test ends with the webhook's success, and not with a failure before", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n === 1 ? 500 : 200 }));
  const user = await newTracerUser(stack, {
    smtp,
    deliverTracers: true,
    newMailWebhook: `${endpoint.url}/mail`,
  });
  await using _role = runRole(stack);
  await using sessions = stack.openSessions({ tracers: stack.watch });
  sessions.watch(user.account);
  await user.watching();
  await sendCluster(stack, user, { tracers: 1 });
  await using _running = runTracers([], { tracers: 0 });
  const isAnswered = ({ answeredAt }: { answeredAt: Date | null }) => answeredAt !== null;
  const [tracer] = await user.tracersThat("are answered", 1, isAnswered);
  expect(endpoint.posted).toHaveLength(2);
  expect(tracer?.answeredAt?.getTime()).toBeGreaterThan(endpoint.posted[0]?.atMs ?? Infinity);
  expect(JSON.parse(endpoint.posted[1]?.body ?? "{}")).toMatchObject({
    user_tag: user.account.tag,
    envelope: { subject: `TRACER: ${tracer?.uid}` },
  });
});

test("a tracer that is not seen in time alarms, until it is seen", async () => {
  const user = await newTracerUser(stack, { smtp });
  const { userId } = user.account;
  const lost = { uid: randomUUID(), userId, deliveryTest: false };
  await insertTracer(stack.db, { ...lost, sentAt: new Date(Date.now() - 600_000) });
  await using _running = runTracers([], { tracers: 0 });
  await eventually("the alarm", async () => ((await overdue())["seen"] ?? 0) >= 600 || undefined);
  const seen = { uid: lost.uid, userId, eventId: "evt_1", seenAt: new Date(), publishedAt: null };
  await stack.watch.note([seen]);
  await eventually("its end", async () => (await overdue())["seen"] === 0 || undefined);
});

test("overdue tracers are measured by stage, for watched users only", async () => {
  const user = await newTracerUser(stack, { smtp });
  const { userId } = user.account;
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const insert = (row: Partial<typeof tracerLogs.$inferInsert> & { sentAt: Date }) =>
    stack.db.insert(tracerLogs).values({ uid: randomUUID(), userId, ...row });
  const measure = async () => {
    const { seen, answered } = await measureOverdueTracers(stack.db, 300_000);
    return [Math.floor(seen / 100), Math.floor(answered / 100)];
  };
  expect(await measure()).toEqual([0, 0]);
  // None of these tracers is overdue: the first is in time, the second is too old to matter, the
  // third was refused, and the fourth has arrived.
  await insert({ sentAt: secondsAgo(200) });
  await insert({ sentAt: secondsAgo(90_000) });
  await insert({ sentAt: secondsAgo(800), sendError: "refused" });
  await insert({ sentAt: secondsAgo(800), seenAt: new Date() });
  expect(await measure()).toEqual([0, 0]);
  await insert({ sentAt: secondsAgo(450) });
  expect(await measure()).toEqual([4, 0]);
  const published = { seenAt: new Date(), publishedAt: new Date(), deliveryTest: true };
  await insert({ sentAt: secondsAgo(550), ...published });
  await insert({ sentAt: secondsAgo(850), ...published, answeredAt: new Date() });
  expect(await measure()).toEqual([4, 5]);
  for (const change of [
    { enableTracer: false },
    { enableTracer: true, pausedAt: new Date() },
    { pausedAt: null, archivedAt: new Date() },
  ]) {
    await stack.db.update(users).set(change).where(eq(users.id, userId));
    expect(await measure()).toEqual([0, 0]);
  }
});

test("while the database is unreachable the overdue metric is absent", async () => {
  const { postgres } = stack.programs;
  await using _running = runTracers([], { tracers: 0 });
  const measured = async () => Object.keys(await overdue()).length;
  await eventually("a measure", async () => (await measured()) === 2 || undefined);
  await postgres.stop();
  try {
    await eventually("its absence", async () => (await measured()) === 0 || undefined);
  } finally {
    await postgres.start();
  }
  await eventually("a measure again", async () => (await measured()) === 2 || undefined);
});

test("mail is recorded though its tracers cannot be noted", async () => {
  const user = await newTracerUser(stack, { smtp });
  const broken = watchTracers({ ...stack, db: brokenDatabase(stack.db) });
  await using sessions = stack.openSessions({ tracers: broken });
  sessions.watch(user.account);
  await user.watching();
  await sendCluster(stack, user, { tracers: 1 });
  expect(await user.recorded(1)).toMatchObject([{ state: "skipped", reason: "tracer" }]);
  expect(stack.log.lines.join()).toContain('"tracers.not_noted"');
});

/** Returns a database whose method `execute` always fails. */
const brokenDatabase = (db: TracerStack["db"]): TracerStack["db"] =>
  Object.assign(Object.create(db), { execute: () => Promise.reject(new Error("broken")) });
