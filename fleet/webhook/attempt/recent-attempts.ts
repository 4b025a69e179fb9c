import type { LaneReport } from "../../../db/deliveries/lanes.ts";
import type { Clock } from "../../../shared/clock.ts";

/** Attempts that were answered earlier are not counted. */
const WINDOW_MS = 5 * 60_000;
/** A busy lane's older attempts are not counted either. */
const MAX_ATTEMPTS = 500;

/** An attempt in flight. Disposing ends it, answered or not. */
export interface AttemptInFlight extends Disposable {
  answered(hasFailed: boolean, durationMs: number): void;
}

export type AttemptFigures = Pick<
  LaneReport,
  "oldestInFlightAt" | "recentAttempts" | "recentFailures" | "answerP50Ms" | "answerP99Ms"
>;

/** Measures how one partner's endpoint answers. */
export interface RecentAttempts {
  begin(): AttemptInFlight;
  measure(): AttemptFigures;
}

/** Creates the measures of one lane. */
export function createRecentAttempts(clock: Clock): RecentAttempts {
  /** The attempts in flight and when they began, oldest first. */
  const inFlight = new Map<AttemptInFlight, number>();
  let ended: { atMs: number; hasFailed: boolean; durationMs: number }[] = [];
  return {
    begin() {
      const attempt: AttemptInFlight = {
        answered(hasFailed, durationMs) {
          ended.push({ atMs: clock.monotonic(), hasFailed, durationMs });
          if (ended.length >= 2 * MAX_ATTEMPTS) ended = ended.slice(-MAX_ATTEMPTS);
        },
        [Symbol.dispose]: () => void inFlight.delete(attempt),
      };
      inFlight.set(attempt, clock.now());
      return attempt;
    },
    measure() {
      const sinceMs = clock.monotonic() - WINDOW_MS;
      ended = ended.slice(-MAX_ATTEMPTS).filter(({ atMs }) => atMs > sinceMs);
      const durations = ended.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
      const [oldest] = inFlight.values();
      return {
        oldestInFlightAt: oldest === undefined ? null : new Date(oldest),
        recentAttempts: ended.length,
        recentFailures: ended.filter(({ hasFailed }) => hasFailed).length,
        answerP50Ms: pickPercentile(durations, 0.5),
        answerP99Ms: pickPercentile(durations, 0.99),
      };
    },
  };
}

/** Returns the smallest value that at least this share of the values does not exceed. */
const pickPercentile = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.ceil(sorted.length * share) - 1] ?? null;
