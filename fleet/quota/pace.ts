import type { Clock } from "../../shared/clock.ts";

/**
 * Keeps work below a rate, for all callers in this process together. A caller reports its work with
 * `spend()`, and calls `wait()` before the next work.
 */
export interface Pace {
  /** How many units of work a caller should do at most between two calls of `wait()`. */
  readonly burst: number;
  /** Waits until the work reported so far is within the rate, or `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
  spend(count: number): void;
}

/** The time, on the monotonic clock, by which the rate allows all work reported so far. */
export interface Debt {
  freeMs: number;
}

interface PaceOptions {
  /** How many units of work may be done ahead of the rate. Default: 0. */
  ahead?: number;
  /** The state of the pace. A later pace that gets the same object continues this pace. */
  debt?: Debt;
}

/** Creates a pace of `perSecond` units of work. */
export function createPace(
  clock: Pick<Clock, "monotonic" | "sleep">,
  perSecond: number,
  { ahead = 0, debt = { freeMs: 0 } }: PaceOptions = {},
): Pace {
  const aheadMs = (ahead * 1_000) / perSecond;
  const leftMs = () => debt.freeMs - aheadMs - clock.monotonic();
  return {
    burst: Math.max(1, Math.floor(perSecond)),
    async wait(signal) {
      while (!signal.aborted && leftMs() > 0) await clock.sleep(leftMs(), signal);
    },
    spend(count) {
      debt.freeMs = Math.max(debt.freeMs, clock.monotonic()) + (count * 1_000) / perSecond;
    },
  };
}
