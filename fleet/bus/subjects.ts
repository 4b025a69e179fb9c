import type { EventKind } from "../../shared/users/events.ts";

/** Names as an operator sees them in the NATS CLI. Ids have no dot, so each is one token. */
export const EVENTS = "EVENTS";
export const BODIES = "BODIES";
export const DEAD = "DEAD";
export const ATTEMPTS = "ATTEMPTS";
export const FLEET_BUCKET = "FLEET";

/** Durable consumer of one partner's lane. */
export const laneConsumer = (partnerId: string) => `deliver-${partnerId}`;
export const laneFilter = (partnerId: string) => `evt.${partnerId}.>`;
/** Durable consumer that writes attempts into Postgres. */
export const ATTEMPTS_CONSUMER = "write-attempts";

interface Subject {
  partner_id: string;
  user_id: string;
  kind: EventKind;
}
export const eventSubject = (e: Subject) => `evt.${e.partner_id}.${e.kind}.${e.user_id}`;
export const bodySubject = (e: Subject) => `body.${e.partner_id}.${e.user_id}`;
export const deadSubject = (e: Subject) => `dead.${e.partner_id}.${e.kind}.${e.user_id}`;
/** Of an event that cannot be read the id may be anything. */
export const attemptSubject = (a: Omit<Subject, "kind"> & { event_id: string }) =>
  `att.${a.partner_id}.${a.user_id}.${a.event_id.replaceAll(/[^\w-]/g, "_")}`;

/** Each stream with what it holds of a user, events before their bodies. */
export const userSubjects = (partnerId: string, userId: string) =>
  [
    [EVENTS, `evt.${partnerId}.*.${userId}`],
    [BODIES, `body.${partnerId}.${userId}`],
    [ATTEMPTS, `att.${partnerId}.${userId}.>`],
    [DEAD, `dead.${partnerId}.*.${userId}`],
  ] as const;

/** Pokes: core NATS, no storage. A lost one costs seconds, since the database is asked anyway. */
export const POKE_USERS = "ctl.users";
export const POKE_PARTNERS = "ctl.partners";
