/**
 * A party (a partner or a host) may hold about three times as many places as are free: at most
 * three quarters of all places, and fewer when others hold more. A party without a place may take
 * the last free one. Source: the dynamic thresholds of packet buffers (Choudhury and Hahne, 1998).
 */
const SHARE = 3;

/** Whether a party that holds `held` places may take another. */
export const mayTake = (held: number, free: number): boolean =>
  free > 0 && (held === 0 || held < SHARE * (free - 1));

/**
 * Returns how many more places a party that holds `held` places could take, if the other parties
 * take and release none.
 */
export function roomFor(held: number, free: number): number {
  if (free <= 0) return 0;
  const more = Math.ceil((SHARE * (free - 1) - held) / (SHARE + 1));
  return Math.max(more, held === 0 ? 1 : 0);
}
