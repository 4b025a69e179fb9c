import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates } from "node:tls";
import type { Db } from "../db/client.ts";
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import { createSemaphore } from "../shared/semaphore.ts";
import type { Opener } from "../shared/vault.ts";
import type { Bus } from "./bus/bus.ts";
import { POKE_PARTNERS, POKE_USERS } from "./bus/subjects.ts";
import { createFreshness } from "./mailbox/freshness.ts";
import { createLoginGate } from "./mailbox/login-gate.ts";
import { createMailInterest } from "./mailbox/mail-interest.ts";
import { logIn, type SessionDeps, type SessionSettings } from "./mailbox/session.ts";
import { createSessions } from "./mailbox/sessions.ts";
import { createSweeper } from "./relay/sweeper.ts";
import { createAssignment, type Holder } from "./roster/assignment.ts";
import { isWatching } from "./roster/heartbeat.ts";
import type { Roster } from "./roster/roster.ts";
import { handOver } from "./roster/hand-over.ts";
import { createUserFeed } from "./roster/user-feed.ts";
import type { FleetSettings } from "./settings.ts";
import { createSweeps } from "./sweep/sweeps.ts";

export interface ImapRoleDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  mailboxVault: Opener;
  roster: Roster;
}

/** Watches the users that the roster gives to this instance. */
export interface ImapRole extends AsyncDisposable {
  usersHeld(): number;
  /** Shares out until `signal` aborts; the users are still watched then. */
  run(signal: AbortSignal): Promise<void>;
  /** Goes on watching until the new owners do. */
  handOver(): Promise<void>;
}

/** New owners log in at their rate; who was not taken over by then is let go all the same. */
const HAND_OVER_MS = 30_000;

/** @param onBalanced Called whenever the users were shared out. */
export function createImapRole(
  deps: ImapRoleDeps,
  settings: FleetSettings,
  onBalanced: () => void,
): ImapRole {
  const { bus, db, clock, log, roster } = deps;
  const intervalMs = settings.REBALANCE_INTERVAL;
  const interest = createMailInterest({ db, clock, log }, { intervalMs });
  const freshness = createFreshness(
    { db, clock, log },
    { intervalMs: settings.FRESHNESS_INTERVAL },
  );
  const watchingInstances = () => roster.live().filter(isWatching).length;
  const sessionDeps: SessionDeps = {
    ...deps,
    wantsNewMail: interest.wantsNewMail,
    heard: freshness.heard,
    mayRead: () => roster.standing() !== "fenced",
    loginGate: createLoginGate({ clock }, { ratePerS: settings.LOGIN_RATE }, watchingInstances),
    readers: createSemaphore(settings.NUM_WORKER_THREADS),
    logins: createSemaphore(settings.LOGIN_CONCURRENCY),
    secureContext: trustedAuthorities(settings.IMAP_CA_FILE),
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
  const sweeps = createSweeps(
    {
      ...sessionDeps,
      userIds: sessions.userIds,
      connect: (account, signal) => logIn(sessionDeps, ofSessions, account, signal),
    },
    { ...ofSessions, intervalMs, ratePerS: settings.SWEEP_RATE },
  );
  const holder: Holder = {
    ...sessions,
    watch: ({ host, port, security, idleMinutes, loginRate, ...user }) =>
      sessions.watch({ ...user, server: { host, port, security, idleMinutes, loginRate } }),
  };
  const assignment = createAssignment(
    { db, clock, log, feed: createUserFeed(db), holder, roster },
    { instanceId: settings.INSTANCE_ID, intervalMs, claimDelayMs: settings.CLAIM_DELAY },
    (unassigned) => {
      if (unassigned > 0) log.warn("users.unassigned", { unassigned });
      onBalanced();
    },
  );

  return {
    usersHeld: () => sessions.size,
    async run(signal) {
      bus.onPoke(POKE_USERS, assignment.wake, signal);
      bus.onPoke(POKE_USERS, sweeps.wake, signal);
      bus.onPoke(POKE_PARTNERS, interest.wake, signal);
      const services = [interest, freshness, assignment, sweeper, sweeps];
      await Promise.all(services.map((service) => service.run(signal)));
    },
    handOver: () => handOver({ db, clock, log, holder }, HAND_OVER_MS),
    [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose](),
  };
}

const sessionSettings = (settings: FleetSettings): SessionSettings => ({
  maxEmailSizeBytes: settings.MAX_EMAIL_SIZE,
  pollIntervalMs: settings.POLL_INTERVAL,
  parkedRetryMs: settings.PARKED_RETRY_INTERVAL,
  timeouts: {
    connectMs: settings.IMAP_CONNECT_TIMEOUT,
    greetingMs: settings.IMAP_GREETING_TIMEOUT,
    commandMs: settings.IMAP_COMMAND_TIMEOUT,
    logoutMs: settings.IMAP_LOGOUT_TIMEOUT,
  },
});

/** One context for all connections: each of its own would cost the parsed authorities again. */
function trustedAuthorities(file: string | undefined) {
  return createSecureContext(
    file === undefined ? {} : { ca: [...rootCertificates, readFileSync(file, "utf8")] },
  );
}
