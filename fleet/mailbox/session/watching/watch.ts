import { createPace } from "../../../quota/pace.ts";
import type { RestReason } from "../../../imap/idle-watch-host.ts";
import type { OpenMailbox } from "../../catch-up/recording/read-batch.ts";
import type { RecordDeps } from "../../catch-up/recording/record-batch.ts";
import type { Cursor } from "../../catch-up/plan.ts";
import type { ChosenMailbox } from "../../imap/choose-mailbox.ts";
import type { IdleWatches } from "../../imap/idle/idle-watches.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";
import type { Account } from "../../login/account.ts";
import { ensureFetchMemory, type UserMemory } from "../user-memory.ts";

export interface WatchDeps extends RecordDeps {
  idleWatches: IdleWatches;
  /**
   * Called whenever the user's server has answered.
   *
   * @param caughtUpMs All mail that the server had at this time is recorded now. Null when the
   * answer does not show this.
   */
  heard(userId: string, caughtUpMs: number | null): void;
}

export interface WatchSettings {
  maxEmailSizeBytes: number;
  /** How often a server without IDLE is asked for new mail. */
  pollIntervalMs: number;
  /**
   * How often a server with IDLE is asked for new mail. Some servers forget to announce mail, or
   * announce it late.
   */
  lookIntervalMs: number;
  /**
   * Whether an IdleWatch watches mailboxes that are read up to the present. An IdleWatch needs less
   * memory than ImapFlow.
   */
  usesIdleWatch: boolean;
  /**
   * How long until a parked mail is first tried again. The wait doubles after each try, up to six
   * hours.
   */
  parkedRetryMs: number;
  /** Default: MAIL_PACE. */
  mailPace?: typeof MAIL_PACE;
}

/**
 * Limits how many mails of one user are recorded, delivered or not. A mail server may report any
 * number of mails, and each takes a row in Postgres. After an outage, 10,000 mails are recorded
 * without delay. Then at most 20 mails a second are recorded: 1.7 million a day.
 */
const MAIL_PACE = { perSecond: 20, ahead: 10_000 };

/** A user whose mailbox is watched. */
export interface MailboxUser {
  /** Returns the current account of the user. Called again whenever mail is read. */
  account(): Account;
  readonly memory: UserMemory;
  /**
   * Called when the mailbox was opened and read up to the present. Also called when it was read as
   * far as the partner's quota allows.
   */
  onWatching(): void;
  /** Called when the IdleWatch of the mailbox has ended. */
  onIdleEnd(): void;
}

export interface Watch {
  deps: WatchDeps;
  settings: WatchSettings;
  user: MailboxUser;
  connection: ImapConnection;
  mailbox: ChosenMailbox;
}

/** The open mailbox, and how far it is read. */
export interface Position {
  uidValidity: number;
  cursor: Cursor;
  /** How many times in a row the server did not show mail that should be there. */
  looks: number;
  /** How many announcements in a row brought no mail. */
  inVain: number;
  /** When the server announced, in IDLE, the mail that is not read yet. */
  announcedMs?: number;
  /**
   * Whether the cursor was beyond the last UIDNEXT. The cause is a UIDNEXT that was once too high.
   * If so, only a look back finds new mail.
   */
  isAhead: boolean;
  /**
   * Why the IdleWatch rested, if the last wait used one. Then the mailbox must be opened again: a
   * new ImapFlow client continues on the connection.
   */
  rested?: RestReason;
}

export const MINUTE_MS = 60_000;
/**
 * IDLE is renewed early, by a random time of up to this share of the interval. So the sessions at
 * one server do not renew at the same moment.
 */
const RENEWAL_JITTER = 0.1;

/** Returns the open mailbox with the current account of its user. */
export function openMailbox(watch: Watch, uidValidity: number): OpenMailbox {
  const { deps, settings, user, connection, mailbox } = watch;
  const { memory } = user;
  const { perSecond, ahead } = settings.mailPace ?? MAIL_PACE;
  return {
    account: user.account(),
    connection,
    mailbox,
    uidValidity,
    maxEmailSizeBytes: settings.maxEmailSizeBytes,
    fetches: ensureFetchMemory(memory, uidValidity),
    parkedRetryMs: settings.parkedRetryMs,
    pace: createPace(deps.clock, perSecond, { ahead, debt: memory.recorded }),
    onParked(retryAt) {
      memory.nextParkedMs = Math.min(memory.nextParkedMs ?? Infinity, retryAt.getTime());
    },
  };
}

/**
 * Returns the time until IDLE is renewed. For a server without IDLE, returns the time until it is
 * asked for mail.
 */
export function chooseRenewalMs({ deps, settings, user, connection }: Watch): number {
  const idleMs = user.account().server.idleMinutes * MINUTE_MS;
  return connection.supportsIdle
    ? Math.min(idleMs, settings.lookIntervalMs) * (1 - RENEWAL_JITTER * deps.clock.random())
    : settings.pollIntervalMs;
}
