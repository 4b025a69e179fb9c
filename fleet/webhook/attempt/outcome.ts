/** The result of one attempt, or the reason why no request was sent. */
export type AttemptResult =
  | { kind: "response"; status: number; retryAfterMs?: number }
  | { kind: "timeout" }
  | { kind: "unreachable"; reason: string }
  /** No request was sent: the mail could not be read, or the request could not be created. */
  | { kind: "unmade"; reason: string };

/**
 * What the lane does with the event next. `archive` archives the user and acknowledges the event.
 * `bury` moves the event to the stream DEAD.
 */
export type Outcome =
  | { action: "ack" }
  | { action: "archive" }
  | { action: "retry"; afterMs: number }
  | { action: "bury" };

export interface OutcomePolicy {
  /**
   * The delay before each retry. It varies by ± 20 %: events that failed together are not retried
   * together. By default there are seven attempts:
   *
   *   retry   1     2    3    4     5    6
   *   waits   10s   1m   5m   30m   2h   8h   (10.6 h in total)
   */
  retryScheduleMs: readonly number[];
  /** Whether the user is a tracer user, which measures latency and is never archived. */
  isTracer: boolean;
  /** Returns a random number, uniform in [0, 1). */
  random(): number;
}

const JITTER = 0.2;

/**
 * Decides what follows an attempt.
 *
 * @param attempt 1 for the first attempt.
 */
export function decideOutcome(
  result: AttemptResult,
  attempt: number,
  policy: OutcomePolicy,
): Outcome {
  if (result.kind === "response") {
    if (isSuccess(result.status)) return { action: "ack" };
    if (result.status === 403 && !policy.isTracer) return { action: "archive" };
  }
  const scheduledMs = policy.retryScheduleMs[attempt - 1];
  if (scheduledMs === undefined) return { action: "bury" };
  const jittered = Math.round(scheduledMs * (1 - JITTER + 2 * JITTER * policy.random()));
  const askedMs = result.kind === "response" ? (result.retryAfterMs ?? 0) : 0;
  return { action: "retry", afterMs: Math.max(jittered, askedMs) };
}

const isSuccess = (status: number) => status >= 200 && status <= 206;

/**
 * Returns whether an attempt shows that the endpoint fails. Null if no request was sent. After a
 * 403, the endpoint counts as working.
 */
export function hasFailed(result: AttemptResult): boolean | null {
  switch (result.kind) {
    case "response":
      return !isSuccess(result.status) && result.status !== 403;
    case "timeout":
    case "unreachable":
      return true;
    case "unmade":
      return null;
  }
}

/** Returns the error as text, for transmit_logs and dead letters; null for a success. */
export function describeResult(result: AttemptResult): string | null {
  switch (result.kind) {
    case "response":
      if (isSuccess(result.status)) return null;
      return `the endpoint answered ${result.status}`;
    case "timeout":
      return "the endpoint did not answer in time";
    case "unreachable":
    case "unmade":
      return result.reason;
  }
}
