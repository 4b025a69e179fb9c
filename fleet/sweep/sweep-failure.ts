import { reconnectDelayMs } from "../../shared/concurrency/backoff.ts";
import type { Failure } from "../mailbox/imap/failures/failure.ts";

export type AfterFailure = { kind: "retry"; delayMs: number } | { kind: "fail"; error: string };

/** About half an hour of a server that fails. */
const MAX_ERRORS = 10;
const OWN_PAUSE_MS = 15_000;
/** About two hours: a first reading that takes longer, or never ends. */
const MAX_NOT_READ = 30;

/**
 * Decides what follows when a sweep was cut short.
 *
 * @param failure Null when it was no fault of the mail server: then it is tried until it works. `not_read`: the user's
 * own session has to read the mailbox first.
 * @param errors In a row, this one included.
 */
export function afterFailure(
  failure: Failure | "not_read" | null,
  errors: number,
  random: () => number,
): AfterFailure {
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
