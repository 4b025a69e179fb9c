import type { Clock } from "../../shared/clock.ts";

/** Keeps work below a rate, for all callers in this process together. */
export interface Pace {
  /** The most that may be done at once. */
  readonly burst: number;
  /** Waits until earlier spending is paid off, or `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
  spend(count: number): void;
}

/** When everything that was spent is paid off, on the monotonic clock. */
export interface Debt {
  freeMs: number;
}

interface PaceOptions {
  /** How much may be spent in advance, before earlier spending is paid off. Default: nothing. */
  ahead?: number;
  /** Kept by a caller whose pace must outlive the returned object. */
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
