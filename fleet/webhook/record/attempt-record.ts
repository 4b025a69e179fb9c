import * as v from "valibot";
import type { MailEvent } from "../../../shared/users/events.ts";

const count = v.pipe(v.number(), v.integer());
const subject = {
  event_id: v.string(),
  partner_id: v.string(),
  user_id: v.string(),
  kind: v.string(),
};
const message = {
  ...subject,
  /** Of the message in EVENTS. An event that is published again has another. */
  event_seq: count,
};
const attempt = {
  ...message,
  /** 1 for the first. */
  attempt: count,
  /** Of the event. Left out by instances of versions before this one. */
  created_at_ms: v.optional(v.number()),
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
/**
 * Given up, and its letter is not in DEAD yet. A part of records that instances of versions before this
 * one know: they attempt or bury such an event once more.
 */
const dying = v.optional(
  v.object({
    died_at_ms: count,
    last_error: v.string(),
    /** The event cannot be read. */
    unreadable: v.boolean(),
    /** What of it lies in BODIES until then. */
    body_bytes: count,
    /** There was no room for the letter: people see it before it is there. */
    waits: v.boolean(),
  }),
);

/** What lies in the stream ATTEMPTS, as JSON: what was tried, and what became of an event untried. */
export const attemptRecord = v.variant("outcome", [
  v.object({ ...attempt, outcome: v.picklist(["delivered", "archived"]) }),
  /**
   * The event is attempted again: `retry` under the next number; `held` under the same, because a 403
   * may not, or cannot, be obeyed now.
   */
  v.object({
    ...attempt,
    outcome: v.picklist(["retry", "held"]),
    again_at_ms: count,
    dying,
  }),
  /** The last attempt and its letter in one, as instances of versions before this one say it. */
  v.object({ ...attempt, ...grave, outcome: v.literal("dead"), last_error: v.string() }),
  /** Not attempted: the partner's webhook for this kind became blank while the event waited. */
  v.object({ ...message, outcome: v.literal("skipped"), reason: v.literal("no_webhook") }),
  /** Its letter lies in DEAD; in the end without one, since DEAD had no room for it in time. */
  v.object({
    ...message,
    ...grave,
    dead_seq: v.nullable(count),
    /** Of the letter. Left out by instances of versions before this one. */
    letter_bytes: v.optional(count),
    outcome: v.literal("buried"),
    attempts: count,
    last_error: v.string(),
    unreadable: v.boolean(),
  }),
  /**
   * Taken, of an event that was taken suspiciously often: what followed is said by the next record. Or
   * given up without another attempt: it cannot be read, is too old, or ends the process that handles it.
   */
  v.object({
    ...message,
    outcome: v.literal("taken"),
    /** In a row, without any word of what followed. */
    takes: count,
    attempts: count,
    last_error: v.nullable(v.string()),
    taken_at_ms: count,
    dying,
  }),
]);
export type AttemptRecord = v.InferOutput<typeof attemptRecord>;
export type Dying = NonNullable<v.InferOutput<typeof dying>>;

/** Of a record that says so: the event is given up, and its letter not in DEAD yet. */
export const dyingOf = (record: AttemptRecord): Dying | undefined =>
  "dying" in record ? record.dying : undefined;

export const attemptRecordJson = v.pipe(v.string(), v.parseJson(), attemptRecord);

export const subjectOf = (event: MailEvent) => ({
  event_id: event.id,
  partner_id: event.partner_id,
  user_id: event.user_id,
  kind: event.kind,
});

/** `Nats-Msg-Id` of a record: it is stored once. An event that is published again is attempted again from 1. */
export function recordId(record: AttemptRecord): string {
  const { event_id, event_seq, outcome } = record;
  if ("attempt" in record) {
    return `${event_id}:${record.attempt}:${record.attempted_at_ms}:${outcome}`;
  }
  if (outcome === "taken") return `${event_id}:${outcome}:${record.taken_at_ms}`;
  return `${event_id}:${outcome}:${event_seq}`;
}
