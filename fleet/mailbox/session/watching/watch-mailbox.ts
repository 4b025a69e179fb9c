import { reconnectDelayMs } from "../../../../shared/concurrency/backoff.ts";
import { toErrorText } from "../../../../shared/errors.ts";
import { LaneFull } from "../../../quota/lane-quota.ts";
import { nameMailbox } from "../../catch-up/name-mailbox.ts";
import { findMailbox } from "../../imap/find-mailbox.ts";
import { ImapError } from "../../imap/failures/imap-error.ts";
import type { IdleMailbox } from "./idle-mailbox.ts";
import { endIdleWatch } from "./idle-watching.ts";
import { findCaughtUpMs } from "./look-again.ts";
import { readMailbox, refetch, revisitDue } from "./read-mailbox.ts";
import { waitForMail } from "./wait-for-mail.ts";
import { waitForQuota } from "./wait-for-quota.ts";
import { chooseRenewalMs, openMailbox, type Position, type Watch } from "./watch.ts";

/**
 * After each change of UIDVALIDITY the mailbox is scanned. After more changes than this, the
 * session ends.
 */
const MAX_RENUMBERINGS = 5;
/**
 * The longest pause after a failure of our own services, such as Postgres. A longer pause would
 * only delay mail.
 */
const MAX_OWN_PAUSE_MS = 15_000;

/** What one call of `watchMailbox()` passes to the next. */
export interface WatchState {
  /** How far the mailbox is read; null when it must be opened. */
  position: Position | null;
  /** How often UIDVALIDITY has changed. */
  renumberings: number;
  /** Whether `mailbox` of the watch was chosen in this session. */
  isChosen: boolean;
  /** The mailbox while an IdleWatch watches it; otherwise null. */
  idle: IdleMailbox | null;
}

/**
 * Alternates between reading mail and waiting for it, until `signal` aborts or an IdleWatch has
 * begun to watch (`state.idle`). The next call then ends the IdleWatch and continues. Rejects with
 * ImapError when the server fails.
 */
export async function watchMailbox(
  watch: Watch,
  state: WatchState,
  signal: AbortSignal,
): Promise<void> {
  const { deps, connection } = watch;
  const end = AbortSignal.any([signal, connection.closed]);
  let isFull = false;
  for (let errors = 0; state.idle || !signal.aborted;) {
    try {
      if (state.idle) {
        const { idle } = state;
        state.idle = null;
        state.position = await endIdleWatch(watch, idle, end);
      } else {
        if (isFull) await holdOn(watch, end);
        isFull = false;
        const position = await readDue(watch, state, end);
        errors = 0;
        state.position = position;
        state.idle = await waitForMail(watch, position, end);
        if (state.idle) return;
      }
    } catch (error) {
      if (signal.aborted || error instanceof ImapError) throw error;
      if (connection.closed.aborted) throw connection.failure("read the mailbox", error);
      state.position = null;
      isFull = error instanceof LaneFull;
      if (isFull) continue;
      errors++;
      const { userId } = watch.user.account();
      deps.log.warn("mailbox.sync_failed", { user_id: userId, errors, error: toErrorText(error) });
      const delayMs = reconnectDelayMs(errors, deps.clock.random);
      await deps.clock.sleep(Math.min(delayMs, MAX_OWN_PAUSE_MS), end);
      continue;
    }
    if (connection.announced > 0 && state.position)
      state.position = { ...state.position, announcedMs: deps.clock.now() };
    if (connection.closed.aborted && !signal.aborted) {
      throw connection.failure("watch the mailbox", "the connection was closed");
    }
  }
}

/** Reads the mail that is due: new mail, lost mail and parked mail. Chooses the mailbox first. */
async function readDue(watch: Watch, state: WatchState, end: AbortSignal): Promise<Position> {
  const { deps, connection, user } = watch;
  if (!state.isChosen) {
    const { userId } = user.account();
    const mailbox = await findMailbox(deps, connection, { userId, memory: user.memory });
    watch.mailbox = await nameMailbox(deps.db, user.account(), mailbox);
    state.isChosen = true;
  }
  const before = state.position?.uidValidity;
  const askedMs = deps.clock.now();
  const position = await readMailbox(watch, state.position, end);
  if (before !== undefined && before !== position.uidValidity) state.renumberings++;
  if (state.renumberings > MAX_RENUMBERINGS)
    throw connection.failure("watch the mailbox", "its UIDVALIDITY changes again and again");
  await revisitDue(watch, position, end);
  const { lookedBackMs } = user.memory;
  deps.heard(user.account().userId, findCaughtUpMs(position, { askedMs, lookedBackMs }));
  return position;
}

/**
 * Waits until the partner has free quota. During the wait, lost events are still published again,
 * since the quota has already counted their first publication.
 */
function holdOn(watch: Watch, end: AbortSignal): Promise<void> {
  const { deps, user, connection, mailbox } = watch;
  user.onWatching();
  const { partnerId, userId } = user.account();
  return waitForQuota(
    { ...deps, connection },
    {
      partnerId,
      waiting: () => user.memory.refetches.waiting,
      renewalMs: () => chooseRenewalMs(watch),
      async look() {
        const { uidValidity } = await connection.examine(mailbox.path);
        deps.heard(userId, null);
        await refetch(watch, openMailbox(watch, uidValidity), end);
      },
    },
    end,
  );
}
