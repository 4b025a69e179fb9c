const MAX_DELAY_MS = 300_000;

/**
 * Returns the delay before the next attempt to connect: `min(errors³ − 1, 300) s`, plus up to 20 %
 * at random. Because of the random part, the users of a failed server do not reconnect all at once.
 *
 *   errors   1    2    3     4     5      6      7+
 *   waits    0s   7s   26s   63s   124s   215s   300s
 *
 * @param random Uniform in [0, 1).
 */
export function reconnectDelayMs(errors: number, random: () => number): number {
  if (errors <= 0) return 0;
  const delayMs = Math.min((errors ** 3 - 1) * 1_000, MAX_DELAY_MS);
  // The first delay is 0, so 20 % of it would spread nothing. Up to 500 ms are enough to spread a
  // thousand users.
  return delayMs === 0 ? Math.round(random() * 500) : Math.round(delayMs * (1 + random() * 0.2));
}
