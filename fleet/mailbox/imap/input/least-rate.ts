/**
 * The slowest accepted rate of an answer. For each 8 KiB, a server has one second more. A
 * connection of 20 KB per second is slow but honest. A server that sends a byte now and then is not
 * honest.
 */
const LEAST_BYTES_PER_S = 8 * 1_024;

/** Returns how long work may take if this many bytes arrive during it. */
export const allowedMs = (baseMs: number, bytes: number): number =>
  baseMs + (bytes / LEAST_BYTES_PER_S) * 1_000;

/** Thrown when a server sends data so slowly that others should not wait for it. */
export class TooSlow extends Error {
  override readonly name = "TooSlow";
}

export interface Rate {
  baseMs: number;
  /** Returns how many bytes were received so far. */
  received(): number;
}

/** Work that needs answers from a server. */
export interface Work {
  /** Returns whether the work takes longer than the amount of received data allows. */
  isLate(): boolean;
}

/** Begins work. The more data arrives for it, the longer it may take. */
export function beginWork({ baseMs, received }: Rate): Work {
  const startedMs = performance.now();
  const before = received();
  return {
    isLate: () => performance.now() - startedMs >= allowedMs(baseMs, received() - before),
  };
}

const LOOKS = 4;

/**
 * Watches work until disposed. Calls `end` at most once:
 * - with `silent` when no data has arrived for `baseMs`;
 * - with `slow` when data arrives but the work is late.
 */
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
