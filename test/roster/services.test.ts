import { afterAll, beforeAll, expect, test } from "vitest";
import { createMailInterest } from "../../fleet/mailbox/mail-interest.ts";
import { runPartitions } from "../../fleet/relay/partitions.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { createAssignment } from "../../fleet/roster/assignment.ts";
import { createRoster } from "../../fleet/roster/roster.ts";
import { createUserFeed } from "../../fleet/roster/user-feed.ts";
import { runWebhookRole } from "../../fleet/webhook/webhook-role.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Service } from "../../shared/run-together.ts";
import { type FleetStack, startFleetStack } from "../harness/fleet-stack.ts";

/** The one contract of all that runs: it returns when stopped, may be stopped at any moment, and before it started. */
const TIMES = 50;

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const deps = () => ({
  bus: stack.bus,
  db: stack.db,
  log: stack.log,
  clock: systemClock,
  mailboxVault: stack.vaults.mailbox,
  partnerVault: stack.vaults.partner,
});

const services: Record<string, () => Service> = {
  roster: () => {
    const roster = createRoster(deps(), {
      instanceId: "stress",
      intervalMs: 20,
      ttlMs: 1_000,
      restartGraceMs: 0,
    });
    const own = () => ({ role: "all", capacity: 1, users_held: 0 }) as const;
    return (signal) => roster.run(own, signal);
  },
  assignment: () => {
    const holder = { has: () => false, userIds: () => [], watch: () => {}, release: () => {} };
    const settings = { instanceId: "stress", intervalMs: 20, ttlMs: 1_000, restartGraceMs: 0 };
    const roster = createRoster(deps(), settings);
    const all = { ...deps(), feed: createUserFeed(stack.db), holder, roster };
    return createAssignment(all, { ...settings, claimDelayMs: 0 }, () => {}).run;
  },
  "mail interest": () => createMailInterest(deps(), { intervalMs: 20 }).run,
  partitions: () => (signal) => runPartitions(deps(), signal),
  relay: () => (signal) => {
    const handlers = { test_webhook: () => Promise.resolve({ result: "no_webhook" }) };
    return runRelay({ ...deps(), handlers }, { intervalMs: 20 }, signal);
  },
  "webhook role": () => (signal) =>
    runWebhookRole(
      { ...deps(), ownsLane: () => true },
      {
        retryScheduleMs: [20],
        attemptTimeoutMs: 1_000,
        laneConcurrency: 8,
        processConcurrency: 512,
        maxAckPending: 20_000,
        reconcileMs: 20,
      },
      signal,
    ),
};

test.each(Object.keys(services))(`the %s starts and stops ${TIMES} times`, async (name) => {
  await stack.newPartner();
  const create = services[name];
  if (!create) throw new Error(`No such service: ${name}`);
  for (let i = 0; i < TIMES; i++) {
    const stop = new AbortController();
    if (i % 10 === 0) stop.abort();
    const running = create()(stop.signal);
    // At another moment of its life each time.
    await systemClock.sleep(i % 7, new AbortController().signal);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
  }
});
