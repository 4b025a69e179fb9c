/**
 * A server may take its time for what it sends: a second for so much, beside the time that any command may take. A line
 * of 20 KB a second is honest and slow; who sends a byte now and then is neither.
 */
const LEAST_BYTES_PER_S = 8 * 1_024;

/** How long something may take of which so many bytes came. */
export const allowedMs = (baseMs: number, bytes: number): number =>
  baseMs + (bytes / LEAST_BYTES_PER_S) * 1_000;

/** The server sends, and so little that others should not wait for it. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

export interface Rate {
  baseMs: number;
  /** The bytes that came so far. */
  received(): number;
}

/** A piece of work that needs answers of a server. */
export interface Work {
  /** Whether it takes longer than what came for it explains. */
  isLate(): boolean;
}

export function beginWork({ baseMs, received }: Rate): Work {
  const startedMs = performance.now();
  const before = received();
  return {
    isLate: () => performance.now() - startedMs >= allowedMs(baseMs, received() - before),
  };
}

const LOOKS = 4;

/** Calls `end` once when nothing came for the base time, or when the work is late. */
export function watchWork(rate: Rate, end: (why: "silent" | "slow") => void): Disposable {
  const work = beginWork(rate);
  const before = rate.received();
  let last = before;
  let idleLooks = 0;
  const timer = setInterval(() => {
    const now = rate.received();
    idleLooks = now === last ? idleLooks + 1 : 0;
    last = now;
    if (idleLooks < LOOKS && !work.isLate()) return;
    clearInterval(timer);
    end(now === before || idleLooks >= LOOKS ? "silent" : "slow");
  }, rate.baseMs / LOOKS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
