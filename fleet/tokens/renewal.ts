/**
 * Renewals are spread by this share of `marginMs`. Many sessions of one provider may have begun at
 * the same time.
 */
const JITTER = 0.2;

/**
 * Returns when a session must begin again: `marginMs` before its token expires, or up to a fifth of
 * `marginMs` earlier. Never in the first half of the token's lifetime.
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
