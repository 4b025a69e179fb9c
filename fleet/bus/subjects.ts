import type { EventKind } from "../../shared/users/events.ts";

/** Streams and the bucket, as an operator sees them in the NATS CLI. */
export const EVENTS = "EVENTS";
export const BODIES = "BODIES";
export const DEAD = "DEAD";
export const ATTEMPTS = "ATTEMPTS";
export const FLEET_BUCKET = "FLEET";

/** All subjects of each stream. Ids have no dot, so each is one token. */
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
export const eventSubject = (e: Subject) => `evt.${e.partner_id}.${e.kind}.${e.user_id}`;
export const bodySubject = (e: Subject) => `body.${e.partner_id}.${e.user_id}`;
/** Any kind: a dead event may be unreadable, or of a newer version. */
export const deadSubject = (e: Omit<Subject, "kind"> & { kind: string }) =>
  `dead.${e.partner_id}.${e.kind}.${e.user_id}`;
/** The event id may contain anything: an event that cannot be read has the id that its publisher gave it. */
export const attemptSubject = (a: Omit<Subject, "kind"> & { event_id: string }) =>
  `att.${a.partner_id}.${a.user_id}.${a.event_id.replaceAll(/[^\w-]/g, "_")}`;

/** The parts of an event's subject, in EVENTS or DEAD. A part that is missing is empty. */
export function parseEventSubject(subject: string) {
  const [, partner_id = "", kind = "", user_id = ""] = subject.split(".");
  return { partner_id, kind, user_id };
}

/** The stream that stores a subject; undefined where none does. */
export function streamOf(subject: string): keyof typeof STREAM_SUBJECTS | undefined {
  const root = `${subject.split(".", 1)[0] ?? ""}.>`;
  return ([EVENTS, BODIES, DEAD, ATTEMPTS] as const).find(
    (stream) => STREAM_SUBJECTS[stream] === root,
  );
}

/** Durable consumer of one partner's lane. */
export const laneConsumer = (partnerId: string) => `deliver-${partnerId}`;
/** Durable consumer that writes attempts into Postgres. */
export const ATTEMPTS_CONSUMER = "write-attempts";

/** The events of one partner. */
export const laneFilter = (partnerId: string) => `evt.${partnerId}.>`;
export const partnerBodies = (partnerId: string) => `body.${partnerId}.>`;
export const partnerDeadLetters = (partnerId: string) => `dead.${partnerId}.>`;
export const userEvents = (partnerId: string, userId: string) => `evt.${partnerId}.*.${userId}`;

/** Each stream with the subjects of one user, events before their bodies. */
export const userSubjects = (partnerId: string, userId: string) =>
  [
    [EVENTS, userEvents(partnerId, userId)],
    [BODIES, `body.${partnerId}.${userId}`],
    [ATTEMPTS, `att.${partnerId}.${userId}.>`],
    [DEAD, `dead.${partnerId}.*.${userId}`],
  ] as const;

/** Pokes: core NATS, not stored. A lost one costs seconds, since the database is read anyway. */
export const POKE_USERS = "ctl.users";
export const POKE_PARTNERS = "ctl.partners";
