import { runTogether, type Service } from "../shared/concurrency/run-together.ts";
import { untilAborted } from "../shared/concurrency/until-aborted.ts";
import { deliver, isOwnLane } from "./roles/delivering.ts";
import {
  createNatsReach,
  type FleetDeps,
  openDatabaseReach,
  openDeps,
  openOperations,
  type ProcessDeps,
} from "./roles/fleet-deps.ts";
import { imapConnecting, logInSettings } from "./roles/imap-connecting.ts";
import { createImapRole, type ImapRole } from "./roles/imap-role.ts";
import { POKE_PARTNERS, POKE_USERS } from "./bus/subjects.ts";
import { answerReadLetter } from "./dead-letters/answer-read-letter.ts";
import { createDeadLetters } from "./dead-letters/dead-letters.ts";
import { createPurges } from "./purge/purges.ts";
import { answerCheckLogin } from "./mailbox/login/check-login.ts";
import { answerCheckTokenLogin } from "./mailbox/login/check-token-login.ts";
import type { ConnectDeps } from "./mailbox/login/log-in.ts";
import { runLibrato } from "./metrics/librato.ts";
import { runObservations } from "./metrics/observations.ts";
import { createNoticeSender } from "./health/send-notice.ts";
import { watchHealth } from "./health/watch-health.ts";
import { createVitals, STARTING, type Vitals } from "./metrics/vitals.ts";
import type { CommandHandlers } from "./relay/answer-commands.ts";
import { createOutboxSweeper } from "./relay/outbox-sweeper.ts";
import { runRelay } from "./relay/relay.ts";
import { runTrafficCount } from "./relay/traffic-count.ts";
import { createTrimmer } from "./relay/trim/trimmer.ts";
import { createRetention, type RetentionSettings } from "./retention/retention.ts";
import { aboutInstance } from "./roster/about-instance.ts";
import { isWatching, type StoredHeartbeat } from "./roster/heartbeat.ts";
import { Roster } from "./roster/roster.ts";
import type { FleetSettings } from "./settings.ts";
import { tokenServices, tokensSettings } from "./roles/token-role.ts";
import { createTokens } from "./tokens/tokens.ts";
import { answerTestWebhook } from "./webhook/test-webhook.ts";

const RELAY_INTERVAL_MS = 250;
/** A share of the maximum size of EVENTS. Above it, the trimmer trims lane by lane. */
const FILLING_SHARE = 0.25;
/**
 * How often metrics are read from NATS and Postgres. By default, Prometheus does not scrape more
 * often.
 */
const OBSERVATION_INTERVAL_MS = 15_000;

/** How often the health model is evaluated. */
const HEALTH_INTERVAL_MS = 10_000;

/**
 * Runs one instance of the fleet. Resolves when `signal` aborted and everything is closed. Rejects
 * when a part failed.
 */
export async function runFleet(
  settings: FleetSettings,
  given: ProcessDeps,
  signal: AbortSignal,
): Promise<void> {
  await using resources = new AsyncDisposableStack();
  let vitals: Vitals = STARTING;
  await openOperations(resources, settings, given, () => vitals);
  const deps = await openDeps(resources, settings, given, signal);
  const roster = new Roster(deps, {
    instanceId: settings.INSTANCE_ID,
    intervalMs: settings.HEARTBEAT_INTERVAL,
    ttlMs: settings.HEARTBEAT_TTL,
    restartGraceMs: settings.RESTART_GRACE,
  });
  const reach = openDatabaseReach(resources, deps, settings);
  const natsReach = createNatsReach(deps, settings);
  const ready = once(given.onReady);
  // Sessions use the tokens, and the tokens use the database. So the sessions are closed first,
  // then the tokens, then the database.
  const tokens = resources.use(createTokens(deps, tokensSettings(settings)));
  const connecting = imapConnecting({ ...deps, roster }, settings);
  const imap =
    settings.ROLE === "webhook"
      ? undefined
      : resources.use(createImapRole({ ...deps, ...connecting, roster, tokens }, settings, ready));
  if (!imap) roster.onChange(ready);
  const heldUserIds = () => imap?.userIds() ?? [];
  const ownsLane = (partnerId: string) => isOwnLane(roster, settings.INSTANCE_ID, partnerId);
  const natsSilentMs = () => longSilence(natsReach.describe().silent_ms, settings.HEARTBEAT_TTL);
  const capacity = imap ? settings.MAX_USER_THREADS : 0;
  deps.reporter.describeBy(() => ({
    capacity,
    usersHeld: heldUserIds().length,
    natsSilentMs: natsSilentMs(),
  }));
  vitals = createVitals({ ...deps, roster, heldUserIds, natsSilentMs });

  const services: Service[] = [
    (stop) => roster.expectAlone(stop),
    (stop) => relay({ ...deps, ...connecting }, settings, stop),
    createRetention(deps, toRetentionSettings(settings)).run,
    (stop) => runTrafficCount({ ...deps, roster }, settings, stop),
    (stop) => watchProblems({ ...deps, roster }, settings, stop),
    (stop) => purge(deps, settings, stop),
    (stop) => keepDeadLetters(deps, settings, stop),
    createOutboxSweeper(deps, {
      intervalMs: settings.SWEEPER_INTERVAL,
      ageMs: settings.SWEEPER_AGE,
    }).run,
    reach.run,
    natsReach.run,
    (stop) => leaveAtStop(roster, settings, imap, stop),
    (stop) =>
      runObservations(
        { ...deps, heldUserIds, ownsLane },
        { intervalMs: OBSERVATION_INTERVAL_MS },
        stop,
      ),
  ];
  if (imap) services.push(imap.run, ...tokenServices({ ...deps, tokens }, settings));
  if (settings.ROLE !== "imap") {
    services.push(
      (stop) => deliver({ ...deps, roster, ownsLane }, settings, stop),
      createTrimmer(
        { ...deps, ownsLane },
        {
          intervalMs: settings.TRIM_INTERVAL,
          ageMs: settings.TRIM_AGE,
          fillingShare: FILLING_SHARE,
        },
      ).run,
    );
  }
  if (settings.LIBRATO_METRICS) {
    const source = settings.INSTANCE_ID;
    services.push((stop) => runLibrato({ ...deps, vitals }, { source }, stop));
  }

  const presence = new AbortController();
  const present = roster.run(
    () => ({
      role: settings.ROLE,
      capacity,
      users_held: heldUserIds().length,
      database: reach.describe(),
      ...aboutInstance(deps.bus, settings.INSTANCE_REGION),
    }),
    presence.signal,
  );
  try {
    await runTogether(services, signal);
  } finally {
    presence.abort();
    await present;
  }
}

/**
 * Leaves the fleet at a stop, in this order:
 *
 * 1. The roster announces that this instance leaves.
 * 2. Nothing more is claimed or pulled. Attempts in flight end. Mailboxes are watched until their
 *   new owners log in.
 * 3. The heartbeat is deleted, the mailboxes are logged out, and NATS is drained.
 *
 * A restart (RESTART_GRACE above 0) hands nothing over.
 */
async function leaveAtStop(
  roster: Roster,
  settings: FleetSettings,
  imap: ImapRole | undefined,
  stop: AbortSignal,
): Promise<void> {
  await untilAborted(stop);
  if (!imap || settings.RESTART_GRACE > 0) return roster.leave();
  const isOther = ({ instanceId }: StoredHeartbeat) => instanceId !== settings.INSTANCE_ID;
  await imap.handOver(async () => {
    await roster.leave();
    // The users of a fenced instance already belong to others.
    if (roster.standing() === "fenced") return false;
    return roster.live().filter(isWatching).some(isOther);
  });
}

function relay(
  deps: FleetDeps & ConnectDeps,
  settings: FleetSettings,
  stop: AbortSignal,
): Promise<void> {
  const attemptTimeoutMs = settings.WEBHOOK_TIMEOUT;
  const handlers: CommandHandlers = {
    test_webhook: (command) => answerTestWebhook(deps, { attemptTimeoutMs }, command),
    check_login: (command) => answerCheckLogin(deps, logInSettings(settings), command),
    check_token_login: (command) => answerCheckTokenLogin(deps, logInSettings(settings), command),
    read_dead_letter: (command) => answerReadLetter(deps, command),
  };
  return runRelay({ ...deps, handlers }, { intervalMs: RELAY_INTERVAL_MS }, stop);
}

/**
 * Deletes the data of removed users. Their sessions have `releaseMs` to end. The results of their
 * last attempts have `settleMs` to arrive.
 */
function purge(deps: FleetDeps, settings: FleetSettings, stop: AbortSignal): Promise<void> {
  const purges = createPurges(deps, {
    intervalMs: settings.REBALANCE_INTERVAL,
    leaseMs: 60_000,
    releaseMs: 2_000,
    settleMs: settings.WEBHOOK_TIMEOUT + 90_000,
  });
  deps.bus.onPoke(POKE_USERS, purges.wake, stop);
  return purges.run(stop);
}

function keepDeadLetters(
  deps: FleetDeps,
  settings: FleetSettings,
  stop: AbortSignal,
): Promise<void> {
  const letters = createDeadLetters(deps, {
    intervalMs: settings.REBALANCE_INTERVAL,
    leaseMs: 60_000,
    ratePerS: settings.REDELIVERY_RATE,
  });
  deps.bus.onPoke(POKE_PARTNERS, letters.wake, stop);
  return letters.run(stop);
}

/** Evaluates the health model for Prometheus and for notices. */
function watchProblems(
  deps: FleetDeps & { roster: Roster },
  settings: FleetSettings,
  stop: AbortSignal,
): Promise<void> {
  const {
    HEALTH_SMTP_URL: smtpUrl,
    HEALTH_MAIL_FROM: from,
    HEALTH_MAIL_TO: to,
    HEALTH_WEBHOOK_URL: webhookUrl,
    PUBLIC_URL: publicUrl,
  } = settings;
  const hasMail = smtpUrl !== undefined && from !== undefined && to.length > 0;
  const mail = hasMail ? { smtpUrl, from, to } : undefined;
  const send = createNoticeSender(deps, { publicUrl, webhookUrl, mail });
  return watchHealth(
    { ...deps, send },
    { instanceId: settings.INSTANCE_ID, intervalMs: HEALTH_INTERVAL_MS },
    stop,
  );
}

const toRetentionSettings = (settings: FleetSettings): RetentionSettings => ({
  intervalMs: settings.RETENTION_INTERVAL,
  days: {
    mailLogs: settings.MAIL_LOG_DAYS,
    transmitLogs: settings.TRANSMIT_LOG_DAYS,
    tracerLogs: settings.TRACER_LOG_DAYS,
    auditLog: settings.AUDIT_LOG_DAYS,
    seen: settings.SEEN_DAYS,
    archivedUsers: settings.ARCHIVED_USER_DAYS,
  },
});

/**
 * Returns how long NATS has been silent, or null if this is normal between two requests. A third of
 * the TTL, 10 s by default, is two unanswered requests.
 */
const longSilence = (silentMs: number, ttlMs: number) => (silentMs > ttlMs / 3 ? silentMs : null);

function once(callback: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) callback();
    isDone = true;
  };
}
