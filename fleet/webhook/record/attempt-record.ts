import * as v from "valibot";
import { loggedRequest, shownHeaders } from "../../../shared/network/logged-request.ts";
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
  /** Sequence of the message in EVENTS. It changes when the event is published again. */
  event_seq: count,
};
const attempt = {
  ...message,
  /** 1 for the first attempt. */
  attempt: count,
  /** When the event was created. Missing in records that earlier versions wrote. */
  created_at_ms: v.optional(v.number()),
  attempted_at_ms: count,
  duration_ms: count,
  /** HTTP status; null if there was no answer. */
  status: v.nullable(count),
  error: v.nullable(v.string()),
  /** The first 1,024 characters of the answer's body. Null if there was no answer. */
  answer: v.nullable(v.string()),
  /** Null without an answer. Missing in records that earlier versions wrote. */
  answer_headers: v.optional(v.nullable(shownHeaders)),
  /** Null if no request was sent. Missing in records that earlier versions wrote. */
  request: v.optional(v.nullable(loggedRequest)),
};
const grave = {
  /** Sequence of the letter in DEAD. */
  dead_seq: count,
  died_at_ms: count,
};
/**
 * Present when the event is given up but its letter is not in DEAD yet. Instances of earlier
 * versions ignore this field: they attempt or bury the event once more.
 */
const dying = v.optional(
  v.object({
    died_at_ms: count,
    last_error: v.string(),
    /** Whether the event cannot be read. */
    unreadable: v.boolean(),
    /** Bytes of the event's mail that stay in BODIES until the letter is stored. */
    body_bytes: count,
    /**
     * Whether the letter waits for free space in DEAD. It then already has a row in `dead_letters`,
     * so people see it.
     */
    waits: v.boolean(),
  }),
);

/**
 * A message in the stream ATTEMPTS, as JSON: an attempt, or what happened to an event without an
 * attempt.
 */
export const attemptRecord = v.variant("outcome", [
  v.object({ ...attempt, outcome: v.picklist(["delivered", "archived"]) }),
  /**
   * The event is attempted again. `retry`: the next attempt gets the next number. `held`: the
   * endpoint answered 403, but the user could not be archived. The next attempt then gets the same
   * number.
   */
  v.object({
    ...attempt,
    outcome: v.picklist(["retry", "held"]),
    again_at_ms: count,
    dying,
  }),
  /** The last attempt and its letter in one record, as earlier versions write it. */
  v.object({ ...attempt, ...grave, outcome: v.literal("dead"), last_error: v.string() }),
  /** The event was not attempted, because the partner's webhook for it was removed meanwhile. */
  v.object({ ...message, outcome: v.literal("skipped"), reason: v.literal("no_webhook") }),
  /** The event was given up. `dead_seq` is null if DEAD had no space for its letter in time. */
  v.object({
    ...message,
    ...grave,
    dead_seq: v.nullable(count),
    /** Size of the letter. Missing in records that earlier versions wrote. */
    letter_bytes: v.optional(count),
    outcome: v.literal("buried"),
    attempts: count,
    last_error: v.string(),
    unreadable: v.boolean(),
  }),
  /**
   * Without `dying`: an event that may crash the process was taken, and an attempt follows. With
   * `dying`: no attempt follows, because the event was given up. Its letter may wait for space in
   * DEAD.
   */
  v.object({
    ...message,
    outcome: v.literal("taken"),
    /** How many takes in a row have no recorded result. */
    takes: count,
    attempts: count,
    last_error: v.nullable(v.string()),
    taken_at_ms: count,
    dying,
  }),
]);
export type AttemptRecord = v.InferOutput<typeof attemptRecord>;
export type Dying = NonNullable<v.InferOutput<typeof dying>>;

/**
 * Returns the `dying` part of a record: the event is given up, but its letter is not in DEAD yet.
 */
export const findDying = (record: AttemptRecord): Dying | undefined =>
  "dying" in record ? record.dying : undefined;

export const attemptRecordJson = v.pipe(v.string(), v.parseJson(), attemptRecord);

/** Returns the fields that identify an event in records and log lines. */
export const identifyEvent = (event: MailEvent) => ({
  event_id: event.id,
  partner_id: event.partner_id,
  user_id: event.user_id,
  kind: event.kind,
});

/**
 * Returns the `Nats-Msg-Id` of a record, by which NATS stores the record only once. If an event is
 * published again, its attempts start at 1 again, but their ids differ.
 */
export function recordId(record: AttemptRecord): string {
  const { event_id, event_seq, outcome } = record;
  if ("attempt" in record) {
    return `${event_id}:${record.attempt}:${record.attempted_at_ms}:${outcome}`;
  }
  if (outcome === "taken") return `${event_id}:${outcome}:${record.taken_at_ms}`;
  return `${event_id}:${outcome}:${event_seq}`;
}
