/**
 * The pauses before the server is asked again for announced mail that cannot be fetched yet. Some
 * servers announce a message before the replica of this session has it.
 */
const LOOK_AGAIN_MS = [200, 1_000, 5_000];

/**
 * Returns how many looks in a row did not find the mail that the server announced. The first look
 * after an announcement counts as 1. The count is 0 when a look found new mail, when nothing was
 * announced, and after the last pause of LOOK_AGAIN_MS.
 *
 * @param looks The previous count.
 */
export function countLooks(
  looks: number,
  { isExpected, hasMoved }: { isExpected: boolean; hasMoved: boolean },
): number {
  if (hasMoved) return 0;
  if (isExpected) return 1;
  return looks > 0 && looks < LOOK_AGAIN_MS.length ? looks + 1 : 0;
}

/**
 * Returns a time: all mail that the server had then is recorded now. Usually, this is when the last
 * read began. If the cursor is beyond UIDNEXT, this is the time of the last look back: only a look
 * back finds new mail then. Returns null while announced mail is missing.
 *
 * @param asked When the last read began, and when `lookBack()` last ran.
 */
export function findCaughtUpMs(
  { looks, isAhead }: { looks: number; isAhead: boolean },
  { askedMs, lookedBackMs }: { askedMs: number; lookedBackMs: number },
): number | null {
  if (looks > 0) return null;
  const caughtUpMs = isAhead ? lookedBackMs : askedMs;
  return Number.isFinite(caughtUpMs) ? caughtUpMs : null;
}

/**
 * Returns the pause before the server is asked again, when `inVain` announcements in a row brought
 * no mail. There is no pause after the first one. Without pauses, a server that announces mail with
 * each answer would be asked hundreds of times a second.
 */
export const pauseMs = (inVain: number): number =>
  inVain < 2 ? 0 : (LOOK_AGAIN_MS[Math.min(inVain, LOOK_AGAIN_MS.length + 1) - 2] ?? 0);

/** Returns how long to wait for an announcement before the server is asked without one. */
export function waitMs(wait: {
  looks: number;
  /** Time until IDLE is renewed, or until a server without IDLE is asked. */
  renewalMs: number;
  nextParkedMs: number | null;
  nowMs: number;
}): number {
  const { looks, renewalMs, nextParkedMs, nowMs } = wait;
  const lookAgainMs = (looks > 0 ? LOOK_AGAIN_MS[looks - 1] : undefined) ?? Infinity;
  const parkedMs = nextParkedMs === null ? Infinity : Math.max(nextParkedMs - nowMs, 0);
  return Math.min(renewalMs, lookAgainMs, parkedMs);
}
