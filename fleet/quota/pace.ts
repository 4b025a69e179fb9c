import type { Clock } from "../../shared/clock.ts";

/** Keeps work below a rate, across all its users in this process. */
export interface Pace {
  /** The most that may be done at once. */
  readonly burst: number;
  /** Waits until earlier spending is paid off, or `signal` aborts. */
  wait(signal: AbortSignal): Promise<void>;
  spend(count: number): void;
}

/** Creates a pace of `perSecond` units of work. */
export function createPace(clock: Clock, perSecond: number): Pace {
  let freeMs = 0;
  return {
    burst: Math.max(1, Math.floor(perSecond)),
    async wait(signal) {
      while (!signal.aborted && freeMs > clock.now()) {
        await clock.sleep(freeMs - clock.now(), signal);
      }
    },
    spend(count) {
      freeMs = Math.max(freeMs, clock.now()) + (count * 1_000) / perSecond;
    },
  };
}
