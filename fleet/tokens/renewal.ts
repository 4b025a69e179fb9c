/** Sessions of one provider that began together do not end together. */
const JITTER = 0.2;

/**
 * When a session begins anew: `marginMs` before its access token ends, or up to a fifth of that
 * earlier, but never in the first half of the token's life.
 *
 * @param random Uniform in [0, 1).
 */
export function renewalAtMs(
  token: { nowMs: number; lifetimeMs: number; marginMs: number },
  random: () => number,
): number {
  const { nowMs, lifetimeMs, marginMs } = token;
  const earlyMs = marginMs * (1 + JITTER * random());
  return nowMs + Math.round(Math.max(lifetimeMs - earlyMs, lifetimeMs / 2));
}
