import type { Db } from "../../db/client.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import type { Bus } from "../bus/bus.ts";
import { POKE_PARTNERS, POKE_USERS } from "../bus/subjects.ts";
import { logInSettings } from "./imap-connecting.ts";
import { RecordGroups } from "../mailbox/catch-up/recording/record-groups.ts";
import { createFreshness } from "../mailbox/session/freshness.ts";
import { createMailInterest } from "../mailbox/session/mail-interest.ts";
import { logIn, type LogInDeps } from "../mailbox/login/log-in.ts";
import type { SessionDeps, SessionSettings } from "../mailbox/session/session.ts";
import { createSessions } from "../mailbox/session/sessions.ts";
import { toAccount } from "../mailbox/login/to-account.ts";
import { imapMeasures } from "../metrics/imap-measures.ts";
import { measuredPlaces } from "../metrics/measured-places.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { MeasuredLaneQuota } from "../quota/measured-lane-quota.ts";
import { createResends } from "../relay/resends.ts";
import { createSweeper } from "../relay/sweeper.ts";
import { createAssignment, type Holder } from "../roster/assignment.ts";
import type { Roster } from "../roster/roster.ts";
import { handOver } from "../roster/hand-over.ts";
import { createUserFeed } from "../roster/user-feed.ts";
import type { FleetSettings } from "../settings.ts";
import { createSweeps } from "../sweep/sweeps.ts";
import { createTracers } from "../tracer/tracers.ts";
import { tracerSignatures } from "../tracer/tracer-signatures.ts";
import { watchTracers } from "../tracer/watch-tracers.ts";
import type { Traces } from "../traces/traces.ts";

export interface ImapRoleDeps extends LogInDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  roster: Roster;
  metrics: Metrics;
  /** Begins a trace for each mail. The mail's delivery continues the trace. */
  traces?: Traces;
}

/** Watches the users that the roster assigns to this instance. */
export interface ImapRole extends AsyncDisposable {
  /** Returns the ids of the users that this instance watches now. */
  userIds(): string[];
  /**
   * Starts and stops watching users, as the roster assigns them. When `signal` aborts, the watched
   * users stay watched.
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Calls `leave`, then watches each user until its new owner does. Returns at once if `leave`
   * returns false: no other instance will take over users.
   */
  handOver(leave: () => Promise<boolean>): Promise<void>;
}

/**
 * How long a hand-over may take. New owners log in at the login rate, so many users take long.
 * After this time, all users are released.
 */
const HAND_OVER_MS = 30_000;

/**
 * Creates the imap role of one instance.
 *
 * @param onBalanced Called after each distribution of the users over the instances.
 */
export function createImapRole(
  deps: ImapRoleDeps,
  settings: FleetSettings,
  onBalanced: () => void,
): ImapRole {
  const { bus, db, clock, log, roster, metrics } = deps;
  const intervalMs = settings.REBALANCE_INTERVAL;
  const interest = createMailInterest({ db, clock, log }, { intervalMs });
  const freshness = createFreshness(
    { db, clock, log },
    { intervalMs: settings.FRESHNESS_INTERVAL },
  );
  const quota = new MeasuredLaneQuota(
    { ...deps, onJudged: (paused) => metrics.ingestPaused.set(paused) },
    {
      events: settings.LANE_QUOTA_EVENTS,
      bytes: settings.LANE_QUOTA_BYTES,
      intervalMs: settings.LANE_QUOTA_INTERVAL,
    },
  );
  const signatures = tracerSignatures(settings.PARTNER_KEYS);
  const sessionDeps: Omit<SessionDeps, "idleWatches"> = {
    ...deps,
    recordGroups: new RecordGroups(deps),
    tracers: watchTracers({ ...deps, signatures }),
    quota,
    wantsNewMail: interest.wantsNewMail,
    ...imapMeasures(metrics),
    heard: freshness.heard,
    mayRead: () => roster.standing() !== "fenced",
    readers: measuredPlaces(deps, createPlaces(settings.NUM_WORKER_THREADS), metrics),
  };
  const ofSessions = sessionSettings(settings);
  const sessions = createSessions(sessionDeps, ofSessions);
  const sweeper = createSweeper(
    { ...sessionDeps, ...sessions },
    {
      intervalMs: settings.SWEEPER_INTERVAL,
      ageMs: settings.SWEEPER_AGE,
      retryScheduleMs: settings.RETRY_SCHEDULE,
    },
  );
  const resends = createResends(
    { ...sessionDeps, ...sessions },
    { intervalMs: settings.SWEEPER_INTERVAL },
  );
  const sweeps = createSweeps(
    {
      ...sessionDeps,
      userIds: sessions.userIds,
      connect: async (account, signal) =>
        (await logIn(sessionDeps, ofSessions, account, signal)).connection,
    },
    { ...ofSessions, intervalMs, ratePerS: settings.SWEEP_RATE },
  );
  const tracers = createTracers(
    { ...deps, signatures, accounts: sessions.accounts },
    {
      ...ofSessions,
      intervalMs: settings.TRACER_INTERVAL,
      limitMs: settings.TRACER_LIMIT,
      tracers: settings.NUM_TRACERS,
    },
  );
  const holder: Holder = {
    ...sessions,
    watch(user) {
      const account = toAccount(user);
      if (account) return sessions.watch(account);
      log.error("user.misfit", { user_id: user.userId, provider_kind: user.kind });
      sessions.release(user.userId);
    },
  };
  const assignment = createAssignment(
    { db, clock, log, feed: createUserFeed(db), holder, roster },
    { instanceId: settings.INSTANCE_ID, intervalMs, claimDelayMs: settings.CLAIM_DELAY },
    (unassigned) => {
      metrics.usersUnassigned.set(unassigned);
      if (unassigned > 0) log.warn("users.unassigned", { unassigned });
      onBalanced();
    },
  );

  return {
    userIds: sessions.userIds,
    async run(signal) {
      bus.onPoke(POKE_USERS, assignment.wake, signal);
      bus.onPoke(POKE_USERS, sweeps.wake, signal);
      bus.onPoke(POKE_USERS, resends.wake, signal);
      bus.onPoke(POKE_PARTNERS, interest.wake, signal);
      const services = [quota, interest, freshness, assignment, sweeper, resends, sweeps, tracers];
      await Promise.all(services.map((service) => service.run(signal)));
    },
    handOver: (leave) => handOver({ db, clock, log, holder }, leave, HAND_OVER_MS),
    [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose](),
  };
}

const sessionSettings = (settings: FleetSettings): SessionSettings => ({
  ...logInSettings(settings),
  pollIntervalMs: settings.POLL_INTERVAL,
  lookIntervalMs: settings.LOOK_INTERVAL,
  usesIdleWatch: settings.IDLE_WATCH,
  confirmRefusalMs: settings.CONFIRM_REFUSAL_DELAY,
  parkedRetryMs: settings.PARKED_RETRY_INTERVAL,
});
