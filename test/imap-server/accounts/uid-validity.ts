/**
 * A UIDVALIDITY is the number of ticks of 0.1 s since this time. The number fits into 32 bits until
 * 2039.
 */
const EPOCH_MS = Date.UTC(2026, 0, 1);

let lastDrawn = 0;

/**
 * Returns a UIDVALIDITY. It is greater than all values that this process and earlier processes have
 * drawn (RFC 3501, section 2.3.1.1).
 */
export function drawUidValidity(): number {
  lastDrawn = Math.max(lastDrawn + 1, Math.floor((Date.now() - EPOCH_MS) / 100));
  return lastDrawn;
}
