import type { EventKind } from "../../shared/users/events.ts";

/**
 * Names of the streams and the bucket, as the NATS CLI shows them. Ids contain no dot, so each id is one token of a
 * subject.
 */
export const EVENTS = "EVENTS";
export const BODIES = "BODIES";
export const DEAD = "DEAD";
export const ATTEMPTS = "ATTEMPTS";
export const FLEET_BUCKET = "FLEET";

/** Durable consumer of one partner's lane. */
export const laneConsumer = (partnerId: string) => `deliver-${partnerId}`;
/** Matches the events of one partner. */
export const laneFilter = (partnerId: string) => `evt.${partnerId}.>`;
/** Durable consumer that writes attempts to Postgres. */
export const ATTEMPTS_CONSUMER = "write-attempts";

interface Subject {
  partner_id: string;
  user_id: string;
  kind: EventKind;
}
/** Subject of an event in EVENTS. */
export const eventSubject = (e: Subject) => `evt.${e.partner_id}.${e.kind}.${e.user_id}`;
/** Subject of a mail's body in BODIES. */
export const bodySubject = (e: Subject) => `body.${e.partner_id}.${e.user_id}`;
/** Subject of a dead letter in DEAD. */
export const deadSubject = (e: Subject) => `dead.${e.partner_id}.${e.kind}.${e.user_id}`;
/** An event that cannot be read may have any id, so other characters than letters, digits, _ and - are replaced. */
export const attemptSubject = (a: Omit<Subject, "kind"> & { event_id: string }) =>
  `att.${a.partner_id}.${a.user_id}.${a.event_id.replaceAll(/[^\w-]/g, "_")}`;

/** Returns each stream with the subject of one user's messages in it, events before their bodies. */
export const userSubjects = (partnerId: string, userId: string) =>
  [
    [EVENTS, `evt.${partnerId}.*.${userId}`],
    [BODIES, `body.${partnerId}.${userId}`],
    [ATTEMPTS, `att.${partnerId}.${userId}.>`],
    [DEAD, `dead.${partnerId}.*.${userId}`],
  ] as const;

/** Subjects of pokes: core NATS, not stored. A lost poke costs only seconds, since the database is polled as well. */
export const POKE_USERS = "ctl.users";
export const POKE_PARTNERS = "ctl.partners";
