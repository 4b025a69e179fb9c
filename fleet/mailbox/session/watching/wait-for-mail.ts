import type { IdleMailbox } from "./idle-mailbox.ts";
import { beginIdleWatch, mayWatchIdle } from "./idle-watching.ts";
import { pauseMs, waitMs } from "./look-again.ts";
import { chooseRenewalMs, type Position, type Watch } from "./watch.ts";

/**
 * If a server ends a wait sooner than this without having announced new mail, a pause of
 * SHORT_WAIT_PAUSE_MS follows.
 */
const SHORT_WAIT_MS = 1_000;
const SHORT_WAIT_PAUSE_MS = 5_000;

/**
 * Waits until there may be something to read. If an IdleWatch is possible, begins one and does not
 * wait.
 */
export async function waitForMail(
  watch: Watch,
  position: Position,
  end: AbortSignal,
): Promise<IdleMailbox | null> {
  const { user, connection } = watch;
  const { clock } = watch.deps;
  const { looks, inVain } = position;
  const { refetches, nextParkedMs } = user.memory;
  const restMs = pauseMs(inVain);
  if (restMs > 0) await clock.sleep(restMs, AbortSignal.any([end, refetches.waiting]));
  if (isWoken(watch, position)) return null;
  const startedMs = clock.now();
  const renewalMs = chooseRenewalMs(watch);
  const maxMs = waitMs({ looks, renewalMs, nextParkedMs, nowMs: startedMs });
  if (maxMs === renewalMs && !position.isAhead && mayWatchIdle(watch)) {
    const idle = await beginIdleWatch(watch, position, end);
    if (idle || isWoken(watch, position)) return idle;
  }
  await connection.waitForMail(maxMs, [end, refetches.waiting]);
  const isShort = clock.now() - startedMs < Math.min(maxMs, SHORT_WAIT_MS);
  if (isShort && !isWoken(watch, position)) await clock.sleep(SHORT_WAIT_PAUSE_MS, end);
  return null;
}

/** Returns whether there may be something to read, so that waiting must end. */
const isWoken = ({ user, connection }: Watch, { uidValidity }: Position): boolean =>
  connection.announced > 0 ||
  connection.uidValidity !== uidValidity ||
  connection.closed.aborted ||
  !user.memory.refetches.isEmpty;
