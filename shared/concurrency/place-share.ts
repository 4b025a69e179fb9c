/**
 * How many of a bounded number of places one party may hold: three for each that it leaves free, so at most three
 * quarters, and less the more others hold. The last free place is for a party that holds none. These are the dynamic
 * thresholds of shared packet buffers (Choudhury and Hahne, 1998), and need to know of no other party.
 */
const SHARE = 3;

/** Whether a party that holds so many may have one more. */
export const mayTake = (held: number, free: number): boolean =>
  free > 0 && (held === 0 || held < SHARE * (free - 1));

/** How many more a party that holds so many may come to hold, while the others stay as they are. */
export function roomFor(held: number, free: number): number {
  if (free <= 0) return 0;
  const more = Math.ceil((SHARE * (free - 1) - held) / (SHARE + 1));
  return Math.max(more, held === 0 ? 1 : 0);
}
