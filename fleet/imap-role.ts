import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates } from "node:tls";
import type { Db } from "../db/client.ts";
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import { createSemaphore } from "../shared/semaphore.ts";
import type { Opener } from "../shared/vault.ts";
import type { Bus } from "./bus/bus.ts";
import { POKE_PARTNERS, POKE_USERS } from "./bus/subjects.ts";
import { createMailInterest } from "./mailbox/mail-interest.ts";
import { createSessions } from "./mailbox/sessions.ts";
import { createAssignment, type Holder } from "./roster/assignment.ts";
import type { Roster } from "./roster/roster.ts";
import { createUserFeed } from "./roster/user-feed.ts";
import type { FleetSettings } from "./settings.ts";

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
  run(signal: AbortSignal): Promise<void>;
}

/** @param onBalanced Called whenever the users were shared out. */
export function createImapRole(
  deps: ImapRoleDeps,
  settings: FleetSettings,
  onBalanced: () => void,
): ImapRole {
  const { bus, db, clock, log, roster } = deps;
  const intervalMs = settings.REBALANCE_INTERVAL;
  const interest = createMailInterest({ db, clock, log }, { intervalMs });
  const sessions = createSessions(
    {
      ...deps,
      wantsNewMail: interest.wantsNewMail,
      readers: createSemaphore(settings.NUM_WORKER_THREADS),
      logins: createSemaphore(settings.LOGIN_CONCURRENCY),
      secureContext: trustedAuthorities(settings.IMAP_CA_FILE),
    },
    { maxEmailSizeBytes: settings.MAX_EMAIL_SIZE, pollIntervalMs: settings.POLL_INTERVAL },
  );
  const holder: Holder = {
    ...sessions,
    watch: ({ host, port, security, idleMinutes, ...user }) =>
      sessions.watch({ ...user, server: { host, port, security, idleMinutes } }),
  };
  const assignment = createAssignment(
    { db, clock, log, feed: createUserFeed(db), holder, live: roster.live },
    { instanceId: settings.INSTANCE_ID, intervalMs },
    (unassigned) => {
      if (unassigned > 0) log.warn("users.unassigned", { unassigned });
      onBalanced();
    },
  );

  return {
    usersHeld: () => sessions.size,
    async run(signal) {
      roster.onChange(assignment.wake);
      bus.onPoke(POKE_USERS, assignment.wake, signal);
      bus.onPoke(POKE_PARTNERS, interest.wake, signal);
      await Promise.all([interest.run(signal), assignment.run(signal)]);
    },
    [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose](),
  };
}

/** One context for all connections: each of its own would cost the parsed authorities again. */
function trustedAuthorities(file: string | undefined) {
  return createSecureContext(
    file === undefined ? {} : { ca: [...rootCertificates, readFileSync(file, "utf8")] },
  );
}
