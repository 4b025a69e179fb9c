import type { EventKind } from "../../shared/users/events.ts";

/** Names of the streams and the bucket, as the NATS CLI shows them. */
export const EVENTS = "EVENTS";
export const BODIES = "BODIES";
export const DEAD = "DEAD";
export const ATTEMPTS = "ATTEMPTS";
export const FLEET_BUCKET = "FLEET";

/** The subjects of each stream. Ids contain no dot, so each id is one token of a subject. */
export const STREAM_SUBJECTS = {
  [EVENTS]: "evt.>",
  [BODIES]: "body.>",
  [DEAD]: "dead.>",
  [ATTEMPTS]: "att.>",
} as const;

interface Subject {
  partner_id: string;
  user_id: string;
  kind: EventKind;
}
/** Returns the subject of an event in EVENTS. */
export const eventSubject = (e: Subject) => `evt.${e.partner_id}.${e.kind}.${e.user_id}`;
/** Returns the subject of a mail's body in BODIES. */
export const bodySubject = (e: Subject) => `body.${e.partner_id}.${e.user_id}`;
/**
 * Returns the subject of a dead letter in DEAD. The kind can be any text, because the event may be
 * unreadable or from a newer version.
 */
export const deadSubject = (e: Omit<Subject, "kind"> & { kind: string }) =>
  `dead.${e.partner_id}.${e.kind}.${e.user_id}`;
/**
 * Returns the subject of an attempt in ATTEMPTS. An unreadable event may have any id. So each
 * character other than letters, digits, _ and - is replaced.
 */
export const attemptSubject = (a: Omit<Subject, "kind"> & { event_id: string }) =>
  `att.${a.partner_id}.${a.user_id}.${a.event_id.replaceAll(/[^\w-]/g, "_")}`;

/** Returns the parts of an event's subject in EVENTS or DEAD. A missing part is an empty string. */
export function parseEventSubject(subject: string) {
  const [, partner_id = "", kind = "", user_id = ""] = subject.split(".");
  return { partner_id, kind, user_id };
}

/** Returns the stream that stores messages with this subject; undefined if there is none. */
export function findStream(subject: string): keyof typeof STREAM_SUBJECTS | undefined {
  const root = `${subject.split(".", 1)[0] ?? ""}.>`;
  return ([EVENTS, BODIES, DEAD, ATTEMPTS] as const).find(
    (stream) => STREAM_SUBJECTS[stream] === root,
  );
}

/** Returns the name of the durable consumer of one partner's lane. */
export const laneConsumer = (partnerId: string) => `deliver-${partnerId}`;
/** The durable consumer from which attempts are written to Postgres. */
export const ATTEMPTS_CONSUMER = "write-attempts";

/** Matches the events of one partner. */
export const laneFilter = (partnerId: string) => `evt.${partnerId}.>`;
export const partnerBodies = (partnerId: string) => `body.${partnerId}.>`;
export const partnerDeadLetters = (partnerId: string) => `dead.${partnerId}.>`;
export const userEventFilter = (partnerId: string, userId: string) =>
  `evt.${partnerId}.*.${userId}`;

/**
 * Returns pairs: a stream, and the subject that matches one user's messages in this stream. EVENTS
 * comes before BODIES, so that purgeMessages() deletes events before their bodies.
 */
export const userSubjects = (partnerId: string, userId: string) =>
  [
    [EVENTS, userEventFilter(partnerId, userId)],
    [BODIES, `body.${partnerId}.${userId}`],
    [ATTEMPTS, `att.${partnerId}.${userId}.>`],
    [DEAD, `dead.${partnerId}.*.${userId}`],
  ] as const;

/**
 * Subjects of pokes. NATS does not store pokes. A lost poke costs only seconds, because the
 * database is also polled.
 */
export const POKE_USERS = "ctl.users";
export const POKE_PARTNERS = "ctl.partners";
