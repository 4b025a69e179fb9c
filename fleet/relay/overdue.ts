import type { QueuedMail } from "../../db/mail/lost-mails.ts";

/** Why a mail is still `queued` in mail_logs, or that it has been queued for too long. */
export type MailStanding =
  /** The mail is recent, or its next retry is not due yet. */
  | { kind: "expected" }
  /** The delivery has ended, but mail_logs does not show this yet. */
  | { kind: "ended"; state: "delivered" | "dead"; reason: string | null }
  | { kind: "overdue" };

export interface OverduePolicy {
  /** How long a mail may stay queued in addition to the delay of its next retry. */
  ageMs: number;
  retryScheduleMs: readonly number[];
}

/** The longest delay of a retry, as a multiple of its scheduled delay. */
const JITTER = 1.2;

/**
 * Judges a queued mail by its last attempt. `Retry-After` may delay a retry beyond the schedule:
 * such a mail is judged overdue. It does not count as lost, because `findLosses()` finds its
 * message in NATS.
 */
export function judgeQueuedMail(
  { lastAttempt, recordedAtMs }: Pick<QueuedMail, "lastAttempt" | "recordedAtMs">,
  { ageMs, retryScheduleMs }: OverduePolicy,
  nowMs: number,
): MailStanding {
  switch (lastAttempt?.outcome) {
    case "delivered":
      return { kind: "ended", state: "delivered", reason: null };
    case "archived":
      return { kind: "ended", state: "delivered", reason: "user_archived" };
    case "dead":
      return { kind: "ended", state: "dead", reason: null };
    case "retry":
    case "held":
    case undefined: {
      const sinceMs = lastAttempt?.attemptedAtMs ?? recordedAtMs;
      const retryMs = lastAttempt ? (retryScheduleMs[lastAttempt.attempt - 1] ?? 0) * JITTER : 0;
      return { kind: nowMs - sinceMs > retryMs + ageMs ? "overdue" : "expected" };
    }
  }
}

/** What NATS still stores of an event. */
export type Trace =
  /** Nothing is stored at the event's sequence. */
  | { kind: "missing" }
  /** `ackFloor`: the sequence up to which the event's lane has acknowledged everything. */
  | { kind: "stored"; seq: number; ackFloor: number; hasBody: boolean };

export type Loss =
  | "none"
  /** The event is no longer stored. */
  | "event"
  /** The event is stored, but its body is lost, so it cannot be delivered. */
  | "body"
  /**
   * The event was acknowledged, but the record of its end is lost. Nobody knows whether it was
   * delivered.
   */
  | "end";

/**
 * Returns which part of an event is lost. Call it only if no record says how the delivery ended.
 */
export function judgeLoss(trace: Trace): Loss {
  if (trace.kind === "missing") return "event";
  if (trace.seq <= trace.ackFloor) return "end";
  return trace.hasBody ? "none" : "body";
}
