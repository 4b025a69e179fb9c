import { claimParkedMails } from "../../../db/mail/parked-mails.ts";
import { reconnectDelayMs } from "../../../shared/concurrency/backoff.ts";
import { toErrorText } from "../../../shared/errors.ts";
import { expectRoom, LaneFull } from "../../quota/lane-room.ts";
import { createPace } from "../../quota/pace.ts";
import type { Account } from "../login/account.ts";
import { catchUp, readNew, readUpTo } from "../catch-up/catch-up.ts";
import { nameMailbox } from "../catch-up/name-mailbox.ts";
import { lookBack } from "../catch-up/look-back.ts";
import type { ChosenMailbox } from "../imap/choose-mailbox.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import { countLooks, pauseMs, waitMs } from "./look-again.ts";
import type { Cursor } from "../catch-up/plan.ts";
import type { MailboxStatus } from "../imap/mailbox-status.ts";
import type { OpenMailbox } from "../catch-up/recording/read-batch.ts";
import type { RecordDeps } from "../catch-up/recording/record-batch.ts";
import { revisit } from "./revisit.ts";
import { ensureFetchMemory, type UserMemory } from "./user-memory.ts";
import { watchIdle } from "./watch-idle.ts";
import type { IdleWatches } from "../imap/idle/idle-watches.ts";
import type { RestReason } from "../../imap/idle-watch-host.ts";
import { waitForRoom } from "./wait-for-room.ts";

export interface WatchDeps extends RecordDeps {
  idleWatches: IdleWatches;
  /** Called whenever the user's server has answered. */
  heard(userId: string): void;
}

export interface WatchSettings {
  maxEmailSizeBytes: number;
  /** How often a server without IDLE is asked for new mail. */
  pollIntervalMs: number;
  /**
   * How often a server with IDLE is asked for new mail: some servers forget to announce mail, or
   * announce it late.
   */
  lookIntervalMs: number;
  /**
   * Whether an IdleWatch, which needs less memory than ImapFlow, watches mailboxes after they were
   * read up to the present.
   */
  usesIdleWatch: boolean;
  /** How long until a parked mail is tried again. Doubles each time, up to six hours. */
  parkedRetryMs: number;
  /** Default: MAIL_PACE. */
  mailPace?: typeof MAIL_PACE;
}

/**
 * Limits how many mails of one user are recorded, delivered or not. A mail server may report any
 * number, and each mail takes a row. A mailbox that is read after an outage may have 10,000 mails
 * at once. After that, at most 20 mails a second are recorded, or 1.7 million a day.
 */
const MAIL_PACE = { perSecond: 20, ahead: 10_000 };

/** A user whose mailbox is watched. */
export interface MailboxUser {
  /** Returns the current account of the user. Called again whenever mail is read. */
  account: () => Account;
  memory: UserMemory;
  /**
   * Called when the mailbox was opened and read up to the present, or as far as the partner's quota
   * allows.
   */
  onWatching: () => void;
}

interface Watch {
  deps: WatchDeps;
  settings: WatchSettings;
  user: MailboxUser;
  connection: ImapConnection;
  mailbox: ChosenMailbox;
}

/** The open mailbox, and how far it is read. */
interface Position {
  uidValidity: number;
  cursor: Cursor;
  /** How many times in a row the server did not show mail that should be there. */
  looks: number;
  /** How many announcements in a row brought no mail. */
  inVain: number;
  /** When the server announced, in IDLE, the mail that is not read yet. */
  announcedMs?: number;
  /**
   * Whether the cursor was beyond the UIDNEXT that the server reported last, because the server
   * once reported a number that was too high. If so, only a look back finds new mail.
   */
  isAhead: boolean;
  /**
   * Why the last wait without ImapFlow ended. After such a wait, the mailbox must be opened again,
   * because a new ImapFlow client continues on the connection.
   */
  rested?: RestReason;
}

/** If a wait without ImapFlow ended for one of these reasons, the server has shown new mail. */
const SHOWS_MAIL: ReadonlySet<RestReason | undefined> = new Set<RestReason>([
  "many_mails",
  "mail_large",
  "mail_incomplete",
]);
const MINUTE_MS = 60_000;
const LOOK_BACK_EVERY_MS = 5 * MINUTE_MS;
const MAX_PARKED_RETRY_MS = 6 * 60 * MINUTE_MS;
/**
 * IDLE is renewed earlier than necessary, by up to this share of the interval. The time is random,
 * so that the sessions at one server do not renew at the same moment.
 */
const RENEWAL_JITTER = 0.1;
/**
 * After each change of UIDVALIDITY the mailbox is scanned. After more changes than this, the
 * session ends.
 */
const MAX_RENUMBERINGS = 5;
/**
 * If a server ends a wait sooner than this without an announcement, a pause of SHORT_WAIT_PAUSE_MS
 * follows.
 */
const SHORT_WAIT_MS = 1_000;
const SHORT_WAIT_PAUSE_MS = 5_000;
/** Normal reasons to return from an IdleWatch to ImapFlow: they occur with every server. */
const OFTEN_UNUSUAL: ReadonlySet<RestReason> = new Set(["asked", "many_mails", "mail_large"]);
/** After any other reason, ImapFlow watches the mailbox for this long. */
const UNUSUAL_PAUSE_MS = 10 * MINUTE_MS;
/**
 * The longest pause after a failure of our own services, such as Postgres. A longer one would only
 * delay mail.
 */
const MAX_OWN_PAUSE_MS = 15_000;

/**
 * Alternates between reading mail and waiting for it, until `signal` aborts. Rejects with ImapError
 * when the server fails.
 */
export async function watchMailbox(chosen: Watch, signal: AbortSignal): Promise<void> {
  const { deps, connection, user } = chosen;
  let watch = chosen;
  let isNamed = false;
  const end = AbortSignal.any([signal, connection.closed]);
  let position: Position | null = null;
  let isFull = false;
  let renumberings = 0;
  for (let errors = 0; !signal.aborted;) {
    try {
      if (!isNamed) {
        const mailbox = await nameMailbox(deps.db, user.account(), chosen.mailbox);
        watch = { ...chosen, mailbox };
        isNamed = true;
      }
      if (isFull) await holdOn(watch, end);
      isFull = false;
      const before = position?.uidValidity;
      position = await read(watch, position, end);
      if (before !== undefined && before !== position.uidValidity) renumberings++;
      if (renumberings > MAX_RENUMBERINGS)
        throw connection.failure("watch the mailbox", "its UIDVALIDITY changes again and again");
      await revisitDue(watch, position, end);
      deps.heard(user.account().userId);
      errors = 0;
      position = await waitForMail(watch, position, end);
    } catch (error) {
      if (signal.aborted || error instanceof ImapError) throw error;
      if (connection.closed.aborted) throw connection.failure("read the mailbox", error);
      position = null;
      isFull = error instanceof LaneFull;
      if (isFull) continue;
      errors++;
      const { userId } = user.account();
      deps.log.warn("mailbox.sync_failed", { user_id: userId, errors, error: toErrorText(error) });
      const delayMs = reconnectDelayMs(errors, deps.clock.random);
      await deps.clock.sleep(Math.min(delayMs, MAX_OWN_PAUSE_MS), end);
      continue;
    }
    if (connection.announced > 0) position = { ...position, announcedMs: deps.clock.now() };
    if (connection.closed.aborted && !signal.aborted) {
      throw connection.failure("watch the mailbox", "the connection was closed");
    }
  }
}

/**
 * Waits until the partner has free quota. Meanwhile, lost events are still published again, since
 * they were counted in the quota before.
 */
function holdOn(watch: Watch, end: AbortSignal): Promise<void> {
  const { deps, user, connection, mailbox } = watch;
  user.onWatching();
  const { partnerId, userId } = user.account();
  return waitForRoom(
    { ...deps, connection },
    {
      partnerId,
      waiting: () => user.memory.refetches.waiting,
      renewalMs: () => chooseRenewalMs(watch),
      async look() {
        const { uidValidity } = await connection.examine(mailbox.path);
        deps.heard(userId);
        await refetch(watch, openMailbox(watch, uidValidity), end);
      },
    },
    end,
  );
}

async function read(watch: Watch, position: Position | null, end: AbortSignal): Promise<Position> {
  const { deps, connection, mailbox } = watch;
  if (!position || connection.uidValidity !== position.uidValidity) {
    return catchUpAnew(watch, await connection.examine(mailbox.path), end);
  }
  const open = openMailbox(watch, position.uidValidity);
  const isAnnounced = connection.announced > 0 && position.rested === undefined;
  const showsMail = SHOWS_MAIL.has(position.rested);
  let { isAhead } = position;
  let cursor: Cursor;
  if (isAnnounced) {
    cursor = await readNew(deps, announcedAt(open, position), position.cursor, end);
  } else {
    // Runs at each renewal of IDLE. Finds mail that the server forgot to announce, and a changed
    // UIDVALIDITY.
    const status = await connection.examine(mailbox.path);
    if (status.uidValidity !== position.uidValidity) return catchUpAnew(watch, status, end);
    isAhead = status.uidNext <= position.cursor.lastUid;
    cursor = await readUpTo(deps, open, position.cursor, status, end);
    // The server showed new mail, but UIDNEXT may not include it.
    if (showsMail && cursor.lastUid === position.cursor.lastUid)
      cursor = await readNew(deps, open, cursor, end);
    await lookBackDue(watch, open, { cursor, status }, end);
  }
  const hasMoved = cursor.lastUid !== position.cursor.lastUid;
  const isExpected = isAnnounced || showsMail;
  const looks = countLooks(position.looks, { isExpected, hasMoved });
  const inVain = isExpected && !hasMoved ? position.inVain + 1 : 0;
  return { uidValidity: position.uidValidity, cursor, looks, inVain, isAhead };
}

/**
 * Runs `lookBack()`, but at most once in LOOK_BACK_EVERY_MS: by default, a server without IDLE is
 * asked for mail every minute.
 */
async function lookBackDue(
  { deps, user }: Watch,
  open: OpenMailbox,
  reached: { cursor: Cursor; status: MailboxStatus },
  end: AbortSignal,
): Promise<void> {
  const nowMs = deps.clock.now();
  if (nowMs - user.memory.lookedBackMs < LOOK_BACK_EVERY_MS) return;
  const liveAfterUid = user.memory.liveAfter?.uid ?? Infinity;
  await lookBack(deps, open, { ...reached, liveAfterUid }, end);
  user.memory.lookedBackMs = nowMs;
}

const announcedAt = (open: OpenMailbox, { announcedMs }: Position): OpenMailbox =>
  announcedMs === undefined ? open : { ...open, announcedMs };

/** Catches up in a mailbox that was just opened. */
async function catchUpAnew(
  watch: Watch,
  status: MailboxStatus,
  end: AbortSignal,
): Promise<Position> {
  const { deps, user, connection } = watch;
  const { uidValidity, uidNext } = status;
  // The server keeps no UIDs, so each session scans the mailbox by date. The content of a mail
  // shows whether the mail was read before.
  if (!connection.keepsUids)
    deps.log.warn("mailbox.uids_not_kept", { user_id: user.account().userId });
  const cursor = await catchUp(deps, openMailbox(watch, uidValidity), status, end);
  user.onWatching();
  if (user.memory.liveAfter?.uidValidity !== uidValidity)
    user.memory.liveAfter = { uidValidity, uid: cursor.lastUid };
  // Mail that was parked before, by this process or another, may be due.
  user.memory.nextParkedMs = deps.clock.now();
  const isExpected = cursor.lastUid < uidNext - 1;
  const looks = countLooks(0, { isExpected, hasMoved: false });
  return { uidValidity, cursor, looks, inVain: 0, isAhead: cursor.lastUid >= uidNext };
}

function openMailbox(watch: Watch, uidValidity: number): OpenMailbox {
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

/** Publishes lost mails again, and fetches the parked mails that are due. */
async function revisitDue(
  watch: Watch,
  { uidValidity }: Position,
  end: AbortSignal,
): Promise<void> {
  const { deps, settings, user, mailbox } = watch;
  const { memory } = user;
  const open = openMailbox(watch, uidValidity);
  await refetch(watch, open, end);
  if (memory.nextParkedMs === null || memory.nextParkedMs > deps.clock.now()) return;
  expectRoom(deps.room, open.account.partnerId);
  const { mails, nextAt } = await claimParkedMails(
    deps.db,
    { userId: open.account.userId, mailbox: mailbox.name },
    { firstDelayMs: settings.parkedRetryMs, maxDelayMs: MAX_PARKED_RETRY_MS },
  );
  memory.nextParkedMs = nextAt?.getTime() ?? null;
  await revisit(deps, open, { mails, again: "judge" }, end);
}

const refetch = ({ deps, user }: Watch, open: OpenMailbox, end: AbortSignal) =>
  revisit(deps, open, { mails: user.memory.refetches.takeAll(), again: "publish" }, end);

async function waitForMail(watch: Watch, position: Position, end: AbortSignal): Promise<Position> {
  const { user, connection } = watch;
  const { clock } = watch.deps;
  const { looks, inVain, uidValidity } = position;
  const { refetches, nextParkedMs } = user.memory;
  const isWoken = () =>
    connection.announced > 0 ||
    connection.uidValidity !== uidValidity ||
    connection.closed.aborted ||
    refetches.waiting.aborted;
  const restMs = pauseMs(inVain);
  if (restMs > 0) await clock.sleep(restMs, AbortSignal.any([end, refetches.waiting]));
  if (isWoken()) return position;
  const startedMs = clock.now();
  const renewalMs = chooseRenewalMs(watch);
  const maxMs = waitMs({ looks, renewalMs, nextParkedMs, nowMs: startedMs });
  if (maxMs === renewalMs && !position.isAhead && mayWatchIdle(watch)) {
    const watched = await waitInIdleWatch(watch, position, end);
    if (watched) return watched;
  }
  await connection.waitForMail(maxMs, [end, refetches.waiting]);
  const isShort = clock.now() - startedMs < Math.min(maxMs, SHORT_WAIT_MS);
  if (isShort && !isWoken()) await clock.sleep(SHORT_WAIT_PAUSE_MS, end);
  return position;
}

/**
 * Whether an IdleWatch can watch the mailbox. False for some time after the server did something
 * unusual.
 */
const mayWatchIdle = ({ deps, settings, user, connection }: Watch): boolean =>
  settings.usesIdleWatch &&
  connection.supportsIdle &&
  connection.keepsUids &&
  user.memory.nextParkedMs === null &&
  deps.clock.now() >= user.memory.idleWatchFromMs;

/**
 * Watches with an IdleWatch instead of ImapFlow. Returns the position afterwards, or null when an
 * IdleWatch was not possible.
 */
async function waitInIdleWatch(
  watch: Watch,
  position: Position,
  end: AbortSignal,
): Promise<Position | null> {
  const { deps, user, connection } = watch;
  const { memory } = user;
  const { cursor, uidValidity } = position;
  // Looks back first, because the IdleWatch treats all mail up to the cursor as known.
  const status = { uidValidity, uidNext: cursor.lastUid + 1 };
  await lookBackDue(watch, openMailbox(watch, uidValidity), { cursor, status }, end);
  if (connection.announced > 0) return position;
  deps.log.debug("mailbox.idle_watch_began", { user_id: user.account().userId });
  const watched = await watchIdle(
    deps,
    {
      connection,
      cursor,
      lookMs: chooseRenewalMs(watch),
      open: (source) => ({ ...openMailbox(watch, uidValidity), connection: source }),
    },
    [end, memory.refetches.waiting],
  );
  if (!watched) return connection.closed.aborted ? position : null;
  if (watched.why !== "asked") {
    deps.log.debug("mailbox.idle_watch_ended", {
      user_id: user.account().userId,
      why: watched.why,
    });
    memory.lookedBackMs = -Infinity;
  }
  if (!OFTEN_UNUSUAL.has(watched.why)) memory.idleWatchFromMs = deps.clock.now() + UNUSUAL_PAUSE_MS;
  return { ...position, cursor: watched.cursor, rested: watched.why };
}

/**
 * Returns the time until IDLE is renewed. For a server without IDLE, returns the time until it is
 * asked for mail.
 */
function chooseRenewalMs({ deps, settings, user, connection }: Watch): number {
  const idleMs = user.account().server.idleMinutes * MINUTE_MS;
  return connection.supportsIdle
    ? Math.min(idleMs, settings.lookIntervalMs) * (1 - RENEWAL_JITTER * deps.clock.random())
    : settings.pollIntervalMs;
}
