import type { QueuedMail } from "../../db/mail/lost-mails.ts";

/** Whether it is to be expected that a mail is still queued. */
export type Standing =
  /** It is young, or its next retry is not due. */
  | { kind: "expected" }
  /** Its end is on record, and only mail_logs does not know. */
  | { kind: "ended"; state: "delivered" | "dead"; reason: string | null }
  | { kind: "overdue" };

export interface OverduePolicy {
  /** What nothing else explains. */
  ageMs: number;
  retryScheduleMs: readonly number[];
}

/** Retries come up to a fifth later than the schedule says. */
const JITTER = 1.2;

/** Judges a queued mail by its last attempt. `Retry-After` may ask for more patience: then its message is found. */
export function standingOf(
  { lastAttempt, recordedAtMs }: Pick<QueuedMail, "lastAttempt" | "recordedAtMs">,
  { ageMs, retryScheduleMs }: OverduePolicy,
  nowMs: number,
): Standing {
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

/** What NATS has of an event. */
export type Trace =
  /** Nothing, at the sequence where it was stored. */
  | { kind: "missing" }
  /** `ackFloor`: up to there its lane has acknowledged everything. */
  | { kind: "stored"; seq: number; ackFloor: number; hasBody: boolean };

export type Loss =
  | "none"
  /** The event is gone. */
  | "event"
  /** The event is there, and cannot be delivered without its body. */
  | "body"
  /** It was acknowledged, and the record of its end is lost: whether it was delivered nobody knows. */
  | "end";

/** Judges an event that has come to no recorded end. */
export function lossOf(trace: Trace): Loss {
  if (trace.kind === "missing") return "event";
  if (trace.seq <= trace.ackFloor) return "end";
  return trace.hasBody ? "none" : "body";
}
