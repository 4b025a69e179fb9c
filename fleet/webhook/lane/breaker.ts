/**
 * Whether deliveries to a lane's endpoint are on hold.
 *
 *   closed ──failures in a row, or most of the recent ones──▶ open ──time──▶ probing ──success──▶ closed
 *                                                              ▲                │
 *                                                              └──── failure, twice as long ────┘
 */
export type Breaker =
  | { state: "closed"; inRow: number; recent: readonly Stretch[] }
  | { state: "open"; untilMs: number; openMs: number }
  /** One attempt is made, to see whether the endpoint works again. */
  | { state: "probing"; openMs: number };

/** The number of attempts and failures within one period of STRETCH_MS. */
interface Stretch {
  fromMs: number;
  attempts: number;
  failures: number;
}

export interface BreakerPolicy {
  /** How long the breaker stays open the first time. Each failed probe doubles this time. */
  openMs: number;
  maxOpenMs: number;
}

const MAX_IN_ROW = 10;
/**
 * The breaker opens if at least MIN_ATTEMPTS were made in this period, and at least
 * MAX_FAILED_SHARE of them failed.
 */
const WINDOW_MS = 5 * 60_000;
const MAX_FAILED_SHARE = 0.7;
const MIN_ATTEMPTS = 10;
const STRETCH_MS = 10_000;

/** Returns a closed breaker. */
export const newBreaker = (): Breaker => ({ state: "closed", inRow: 0, recent: [] });

/** Returns the breaker at this time. A breaker that was open long enough starts probing. */
export const breakerAt = (breaker: Breaker, nowMs: number): Breaker =>
  breaker.state === "open" && nowMs >= breaker.untilMs
    ? { state: "probing", openMs: breaker.openMs }
    : breaker;

/**
 * Returns the breaker after an attempt. While the breaker is open, results change nothing: these
 * attempts began before it opened.
 */
export function afterAttempt(
  breaker: Breaker,
  hasFailed: boolean,
  nowMs: number,
  { openMs, maxOpenMs }: BreakerPolicy,
): Breaker {
  switch (breaker.state) {
    case "open":
      return breaker;
    case "probing":
      return hasFailed ? open(Math.min(2 * breaker.openMs, maxOpenMs), nowMs) : newBreaker();
    case "closed": {
      const inRow = hasFailed ? breaker.inRow + 1 : 0;
      const recent = add(breaker.recent, hasFailed, nowMs);
      return inRow >= MAX_IN_ROW || isMostlyFailing(recent)
        ? open(openMs, nowMs)
        : { state: "closed", inRow, recent };
    }
  }
}

const open = (openMs: number, nowMs: number): Breaker => ({
  state: "open",
  untilMs: nowMs + openMs,
  openMs,
});

function add(recent: readonly Stretch[], hasFailed: boolean, nowMs: number): Stretch[] {
  const fromMs = nowMs - (nowMs % STRETCH_MS);
  const kept = recent.filter((stretch) => stretch.fromMs > nowMs - WINDOW_MS);
  const last = kept.at(-1)?.fromMs === fromMs ? kept.pop() : undefined;
  const { attempts = 0, failures = 0 } = last ?? {};
  return [...kept, { fromMs, attempts: attempts + 1, failures: failures + (hasFailed ? 1 : 0) }];
}

function isMostlyFailing(recent: readonly Stretch[]): boolean {
  const attempts = recent.reduce((sum, stretch) => sum + stretch.attempts, 0);
  const failures = recent.reduce((sum, stretch) => sum + stretch.failures, 0);
  return attempts >= MIN_ATTEMPTS && failures >= MAX_FAILED_SHARE * attempts;
}
