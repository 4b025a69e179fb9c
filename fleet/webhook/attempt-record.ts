import * as v from "valibot";
import type { MailEvent } from "../../shared/events.ts";

const count = v.pipe(v.number(), v.integer());
const subject = {
  event_id: v.string(),
  partner_id: v.string(),
  user_id: v.string(),
  kind: v.string(),
};
const attempt = {
  ...subject,
  /** 1 for the first. */
  attempt: count,
  attempted_at_ms: count,
  duration_ms: count,
  /** HTTP status, or null when there was no answer. */
  status: v.nullable(count),
  error: v.nullable(v.string()),
  /** The first 1,024 characters. */
  answer: v.nullable(v.string()),
};
const grave = {
  /** Where the letter lies in DEAD. */
  dead_seq: count,
  died_at_ms: count,
};

/** What lies in the stream ATTEMPTS, as JSON: what was tried, and what became of an event untried. */
export const attemptRecord = v.variant("outcome", [
  v.object({ ...attempt, outcome: v.picklist(["delivered", "archived", "retry"]) }),
  v.object({ ...attempt, ...grave, outcome: v.literal("dead"), last_error: v.string() }),
  /** Not attempted: the partner's webhook for this kind became blank while the event waited. */
  v.object({ ...subject, outcome: v.literal("skipped"), reason: v.literal("no_webhook") }),
  /** Not attempted: the event cannot be read. */
  v.object({ ...subject, ...grave, outcome: v.literal("poison"), last_error: v.string() }),
]);
export type AttemptRecord = v.InferOutput<typeof attemptRecord>;

export const subjectOf = (event: MailEvent) => ({
  event_id: event.id,
  partner_id: event.partner_id,
  user_id: event.user_id,
  kind: event.kind,
});

/** `Nats-Msg-Id` of a record: it is stored once. An event that is published again is attempted anew from 1. */
export function recordId(record: AttemptRecord): string {
  const last = "attempt" in record ? `${record.attempt}:${record.attempted_at_ms}` : record.outcome;
  return `${record.event_id}:${last}`;
}
