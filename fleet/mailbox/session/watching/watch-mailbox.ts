import { reconnectDelayMs } from "../../../../shared/concurrency/backoff.ts";
import { toErrorText } from "../../../../shared/errors.ts";
import { LaneFull } from "../../../quota/lane-quota.ts";
import { nameMailbox } from "../../catch-up/name-mailbox.ts";
import { ImapError } from "../../imap/failures/imap-error.ts";
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
      const askedMs = deps.clock.now();
      position = await readMailbox(watch, position, end);
      if (before !== undefined && before !== position.uidValidity) renumberings++;
      if (renumberings > MAX_RENUMBERINGS)
        throw connection.failure("watch the mailbox", "its UIDVALIDITY changes again and again");
      await revisitDue(watch, position, end);
      const { lookedBackMs } = user.memory;
      deps.heard(user.account().userId, findCaughtUpMs(position, { askedMs, lookedBackMs }));
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
