import { reconnectDelayMs } from "../../shared/concurrency/backoff.ts";
import type { SessionFailure } from "../mailbox/imap/failures/failure.ts";

/** Null: the mail server is not the cause. `not_read`: the session must read the mailbox first. */
type SweepFailure = SessionFailure | "not_read" | null;

/** How many errors in a row one sweep has had, all of them with the same cause. */
export interface SweepErrors {
  cause: "own" | "not_read" | "server";
  count: number;
}

export const NO_SWEEP_ERRORS: SweepErrors = { cause: "own", count: 0 };

/** Counts an error. Errors with another cause than the last one begin a new count. */
export function countSweepError(before: SweepErrors, failure: SweepFailure): SweepErrors {
  const cause = failure === null ? "own" : failure === "not_read" ? "not_read" : "server";
  return { cause, count: cause === before.cause ? before.count + 1 : 1 };
}

export type AfterSweepFailure =
  | { kind: "retry"; delayMs: number }
  | { kind: "fail"; error: string };

/**
 * A sweep fails after this many errors of the mail server in a row. The growing pauses between them
 * take about half an hour.
 */
const MAX_ERRORS = 10;
const OWN_PAUSE_MS = 15_000;
/**
 * A sweep fails after this many tries in a row while the session has not read the mailbox. The
 * pauses between them take about two hours.
 */
const MAX_NOT_READ = 30;

/**
 * Decides what follows an interruption of a sweep.
 *
 * @param failure The failure of the mail server. Null: the server is not the cause, and the sweep
 *   is retried until it succeeds. `not_read`: the user's session must read the mailbox first.
 * @param errors How many errors with this cause occurred in a row, including this one.
 */
export function afterSweepFailure(
  failure: SweepFailure,
  errors: number,
  random: () => number,
): AfterSweepFailure {
  const delayMs = reconnectDelayMs(errors, random);
  if (failure === "not_read") {
    return errors >= MAX_NOT_READ
      ? { kind: "fail", error: "mailbox_not_read" }
      : { kind: "retry", delayMs };
  }
  if (failure === null) return { kind: "retry", delayMs: Math.min(delayMs, OWN_PAUSE_MS) };
  const isFinal = failure.kind === "auth_failed" || errors >= MAX_ERRORS;
  return isFinal ? { kind: "fail", error: failure.reason } : { kind: "retry", delayMs };
}
