/**
 * When to look again for mail that was announced and cannot be fetched yet: with some servers the
 * announcement comes before the message has reached the replica that one is connected to.
 */
const LOOK_AGAIN_MS = [200, 1_000, 5_000];

/**
 * How often it was looked in vain; 0 when there is nothing to look for.
 *
 * @param looks What it was before.
 */
export function countLooks(
  looks: number,
  { isExpected, hasMoved }: { isExpected: boolean; hasMoved: boolean },
): number {
  if (hasMoved) return 0;
  if (isExpected) return 1;
  return looks > 0 && looks < LOOK_AGAIN_MS.length ? looks + 1 : 0;
}

/** How long to wait for an announcement before looking all the same. */
export function waitMs(wait: {
  looks: number;
  /** Until IDLE is renewed, or the server without IDLE is asked. */
  renewalMs: number;
  nextParkedMs: number | null;
  nowMs: number;
}): number {
  const { looks, renewalMs, nextParkedMs, nowMs } = wait;
  const lookAgainMs = (looks > 0 ? LOOK_AGAIN_MS[looks - 1] : undefined) ?? Infinity;
  const parkedMs = nextParkedMs === null ? Infinity : Math.max(nextParkedMs - nowMs, 0);
  return Math.min(renewalMs, lookAgainMs, parkedMs);
}
