import { reconnectDelayMs } from "../../shared/concurrency/backoff.ts";
import type { SessionFailure } from "../mailbox/imap/failures/failure.ts";

export type AfterSweepFailure =
  | { kind: "retry"; delayMs: number }
  | { kind: "fail"; error: string };

/** How many errors in a row end a sweep: about half an hour with a server that fails. */
const MAX_ERRORS = 10;
const OWN_PAUSE_MS = 15_000;
/**
 * How often a sweep waits for the first reading of its mailbox: about two hours. If the reading takes longer than
 * that, or never ends, the sweep fails.
 */
const MAX_NOT_READ = 30;

/**
 * Decides what follows after a sweep was interrupted.
 *
 * @param failure The failure of the mail server. Null when the mail server is not the cause: the
 * sweep is then tried until it succeeds. `not_read`: the user's own session must read the mailbox
 * first.
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
