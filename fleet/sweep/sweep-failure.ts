import { reconnectDelayMs } from "../../shared/concurrency/backoff.ts";
import type { SessionFailure } from "../mailbox/imap/failures/failure.ts";

export type AfterSweepFailure =
  | { kind: "retry"; delayMs: number }
  | { kind: "fail"; error: string };

/**
 * After this many errors in a row the sweep fails. That takes about half an hour, since the pauses
 * grow.
 */
const MAX_ERRORS = 10;
const OWN_PAUSE_MS = 15_000;
/**
 * How many times a sweep is retried because the user's session has not read the mailbox yet. That
 * takes about two hours; after that, the sweep fails.
 */
const MAX_NOT_READ = 30;

/**
 * Decides what follows after a sweep was interrupted.
 *
 * @param failure The failure of the mail server. Null means that the mail server is not the cause,
 * and the sweep is retried until it succeeds. `not_read` means that the user's own session must
 * read the mailbox first.
 * @param errors How many errors occurred in a row, including this one.
 */
export function afterSweepFailure(
  failure: SessionFailure | "not_read" | null,
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
