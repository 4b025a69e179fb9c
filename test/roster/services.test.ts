import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RecordGroups } from "../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { createDeadLetters } from "../../fleet/dead-letters/dead-letters.ts";
import { createFreshness } from "../../fleet/mailbox/session/freshness.ts";
import { createMailInterest } from "../../fleet/mailbox/session/mail-interest.ts";
import { createPurges } from "../../fleet/purge/purges.ts";
import { MeasuredLaneQuota } from "../../fleet/quota/measured-lane-quota.ts";
import { createOutboxSweeper } from "../../fleet/relay/outbox-sweeper.ts";
import { createMetrics } from "../../fleet/metrics/metrics.ts";
import { runObservations } from "../../fleet/metrics/observations.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { runTrafficCount } from "../../fleet/relay/traffic-count.ts";
import { createTrimmer } from "../../fleet/relay/trim/trimmer.ts";
import { createRetention } from "../../fleet/retention/retention.ts";
import { createSweeper } from "../../fleet/relay/sweeper.ts";
import { createAssignment } from "../../fleet/roster/assignment.ts";
import { askBus } from "../../fleet/bus/ask-bus.ts";
import { createNoticeSender } from "../../fleet/health/send-notice.ts";
import { watchHealth } from "../../fleet/health/watch-health.ts";
import { createReach } from "../../fleet/roster/reach.ts";
import { Roster } from "../../fleet/roster/roster.ts";
import { createUserFeed } from "../../fleet/roster/user-feed.ts";
import { createSweeps } from "../../fleet/sweep/sweeps.ts";
import { createGrantKeeper } from "../../fleet/tokens/grant-keeper.ts";
import { createTracers } from "../../fleet/tracer/tracers.ts";
import { tracerSignatures } from "../../fleet/tracer/tracer-signatures.ts";
import { createRevoker } from "../../fleet/tokens/revoker.ts";
import { runWebhookRole } from "../../fleet/roles/webhook-role.ts";
import { ping } from "../../db/ping.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Service } from "../../shared/concurrency/run-together.ts";
import { endlessQuota } from "../harness/endless-quota.ts";
import { noCommands } from "../harness/no-commands.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

/**
 * How many times each service is started and stopped. After a stop, the service must return, even
 * if it was stopped before it started.
 */
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
  links: stack.links,
  post: stack.post,
  mails: stack.mails,
});

const services: Record<string, () => Service> = {
  roster: () => {
    const roster = new Roster(deps(), {
      instanceId: "stress",
      intervalMs: 20,
      ttlMs: 1_000,
      restartGraceMs: 0,
    });
    const own = () => ({ role: "all", capacity: 1, users_held: 0 }) as const;
    return (signal) => roster.run(own, signal);
  },
  "database reach": () =>
    createReach({ ...deps(), ask: () => ping(stack.db) }, { name: "database_reach", ttlMs: 60 })
      .run,
  assignment: () => {
    const holder = { has: () => false, userIds: () => [], watch: () => {}, release: () => {} };
    const settings = { instanceId: "stress", intervalMs: 20, ttlMs: 1_000, restartGraceMs: 0 };
    const roster = new Roster(deps(), settings);
    const all = { ...deps(), feed: createUserFeed(stack.db), holder, roster };
    return createAssignment(all, { ...settings, claimDelayMs: 0 }, () => {}).run;
  },
  "grant keeper": () => {
    const tokens = { prune: () => {}, refresh: () => Promise.reject(new Error("No such user")) };
    return createGrantKeeper({ ...deps(), tokens }, { intervalMs: 20 }).run;
  },
  revoker: () => createRevoker(deps(), { intervalMs: 20, timeoutMs: 1_000, retryMs: 1_000 }).run,
  tracers: () => {
    const tokens = { accessToken: () => Promise.reject(new Error("No such user")) };
    const own = { tokens, metrics: createMetrics(), accounts: () => [] };
    const secrets = {
      secureContext: createSecureContext(),
      signatures: tracerSignatures({ keys: [] }),
    };
    const timeouts = { connectMs: 1_000, greetingMs: 1_000, commandMs: 1_000 };
    const settings = {
      intervalMs: 20,
      limitMs: 1_000,
      tracers: 3,
      allowsPrivateHosts: true,
      timeouts,
    };
    return createTracers({ ...deps(), ...own, ...secrets }, settings).run;
  },
  "nats reach": () =>
    createReach(
      { ...deps(), ask: () => askBus(stack.bus, 1_000) },
      { name: "nats_reach", ttlMs: 60 },
    ).run,
  "health watch": () => (signal) => {
    const nowhere = { publicUrl: "https://x.test", webhookUrl: undefined, mail: undefined };
    const send = createNoticeSender(deps(), nowhere);
    return watchHealth(
      { ...deps(), metrics: createMetrics(), roster: { live: () => [] }, send },
      { instanceId: "stress", intervalMs: 20 },
      signal,
    );
  },
  "mail interest": () => createMailInterest(deps(), { intervalMs: 20 }).run,
  purges: () => {
    const settings = { intervalMs: 20, leaseMs: 1_000, releaseMs: 0, settleMs: 0 };
    return createPurges(deps(), settings).run;
  },
  "dead letters": () =>
    createDeadLetters(deps(), { intervalMs: 20, leaseMs: 1_000, ratePerS: 100 }).run,
  freshness: () => {
    const freshness = createFreshness(deps(), { intervalMs: 20 });
    freshness.heard("usr_nobody", null);
    return freshness.run;
  },
  sweeper: () => {
    const users = { userIds: () => ["usr_nobody"], refetch: () => {} };
    const settings = { intervalMs: 20, ageMs: 0, retryScheduleMs: [20] };
    return createSweeper({ ...deps(), ...users }, settings).run;
  },
  "outbox sweeper": () => createOutboxSweeper(deps(), { intervalMs: 20, ageMs: 0 }).run,
  sweeps: () => {
    const users = {
      recordGroups: new RecordGroups(deps()),
      userIds: () => ["usr_nobody"],
      wantsNewMail: async () => true,
      mayRead: () => true,
    };
    const connect = () => Promise.reject(new Error("Cannot connect: there is no mail server"));
    const settings = { maxEmailSizeBytes: 1_024, parkedRetryMs: 20, intervalMs: 20, ratePerS: 20 };
    const quota = endlessQuota;
    return createSweeps({ ...deps(), ...users, connect, quota }, settings).run;
  },
  "lane quota": () => {
    const settings = { events: 1, bytes: 1, intervalMs: 20 };
    const quota = new MeasuredLaneQuota({ ...deps(), onJudged: () => {} }, settings);
    return (signal) => quota.run(signal);
  },
  retention: () => {
    const days = { mailLogs: 90, transmitLogs: 30, tracerLogs: 90, auditLog: 400, seen: 400 };
    return createRetention(deps(), { intervalMs: 20, days: { ...days, archivedUsers: 90 } }).run;
  },
  "traffic count": () => {
    const first = { role: "all", state: "up", capacity: 1, users_held: 0, grace_ms: 0 } as const;
    const live = () => [{ instanceId: "stress", createdMs: 0, heartbeat: first }];
    const settings = { INSTANCE_ID: "stress" };
    return (signal) => runTrafficCount({ ...deps(), roster: { live } }, settings, signal);
  },
  relay: () => (signal) => {
    return runRelay({ ...deps(), handlers: noCommands }, { intervalMs: 20 }, signal);
  },
  observations: () => (signal) => {
    const own = { metrics: createMetrics(), heldUserIds: () => [], ownsLane: () => true };
    return runObservations({ ...deps(), ...own }, { intervalMs: 20 }, signal);
  },
  trimmer: () => {
    const settings = { intervalMs: 20, ageMs: 0, fillingShare: 0 };
    return createTrimmer({ ...deps(), ownsLane: () => true }, settings).run;
  },
  "webhook role": () => (signal) =>
    runWebhookRole(
      { ...deps(), ownsLane: () => true },
      {
        retryScheduleMs: [20],
        attemptTimeoutMs: 1_000,
        maxAttachmentBytes: 1_024,
        laneConcurrency: 8,
        processConcurrency: 512,
        maxAckPending: 20_000,
        reconcileMs: 20,
        reportMs: 20,
        eventMaxAgeMs: 1_000,
        breaker: { openMs: 20, maxOpenMs: 20 },
        deadQuotaBytes: 1_024 * 1_024,
        buryAgainMs: 20,
        instanceId: "stress",
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
    // Stops the service at a different moment each time.
    await systemClock.sleep(i % 7, new AbortController().signal);
    stop.abort();
    await expect(running).resolves.toBeUndefined();
  }
});
