import { and, desc, eq, gt, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { partners } from "../partners/tables.ts";
import { laneStateNow } from "./lanes.ts";
import { lanes, transmitLogs } from "./tables.ts";
import { userEvents } from "../mail/tables.ts";
import { users } from "../users/tables.ts";
import { exactTime, isBehind, type TimePage } from "../time-position.ts";

const attemptColumns = {
  attempt: transmitLogs.attempt,
  attemptedAt: transmitLogs.attemptedAt,
  durationMs: transmitLogs.durationMs,
  status: transmitLogs.status,
  error: transmitLogs.error,
  answer: transmitLogs.answer,
  outcome: transmitLogs.outcome,
  nextAttemptAt: transmitLogs.nextAttemptAt,
};

/**
 * Lists the attempts of an event, newest first. `number` counts all attempts of the event. `attempt`
 * begins at 1 again when the event is published again.
 */
export function listAttempts(db: Db, eventId: string, limit: number) {
  return db
    .select({
      ...attemptColumns,
      number: sql<number>`(row_number() over (order by ${transmitLogs.attemptedAt}, ${transmitLogs.attempt}))::int`,
      request: transmitLogs.request,
      answerHeaders: transmitLogs.answerHeaders,
    })
    .from(transmitLogs)
    .where(eq(transmitLogs.eventId, eventId))
    .orderBy(desc(transmitLogs.attemptedAt), desc(transmitLogs.attempt))
    .limit(limit);
}

export type EventAttempt = Awaited<ReturnType<typeof listAttempts>>[number];
/** An attempt without its request and the headers of its answer. */
export type Attempt = Omit<EventAttempt, "number" | "request" | "answerHeaders">;

/**
 * SQL condition: the attempt is recent enough to be followed by a retry. An event with an older
 * last attempt has no retry left.
 */
const isRecent = gt(transmitLogs.attemptedAt, sql`now() - interval '2 days'`);

const isLast = sql`not exists (
  select from transmit_logs as later
  where later.event_id = ${transmitLogs.eventId} and later.attempted_at > ${transmitLogs.attemptedAt})`;

const isMailQueued = sql`exists (
  select from mail_logs as mail
  where mail.event_id = ${transmitLogs.eventId} and mail.state = 'queued'
    and mail.recorded_at > now() - interval '5 days')`;

/** Lists the events that wait for a retry, each with its last attempt; newest attempt first. */
export function listRetries(db: Db, { after, limit }: TimePage, partnerId: string | undefined) {
  const place = { at: transmitLogs.attemptedAt, id: transmitLogs.eventId };
  return db
    .select({
      ...attemptColumns,
      eventId: transmitLogs.eventId,
      kind: sql<string>`coalesce(${userEvents.kind}, 'new_mail')`,
      partnerId: transmitLogs.partnerId,
      partnerName: partners.name,
      userId: transmitLogs.userId,
      userTag: users.tag,
      laneState: laneStateNow,
      openUntil: lanes.openUntil,
      position: exactTime(transmitLogs.attemptedAt),
    })
    .from(transmitLogs)
    .innerJoin(partners, eq(partners.id, transmitLogs.partnerId))
    .leftJoin(lanes, eq(lanes.partnerId, partners.id))
    .leftJoin(users, eq(users.id, transmitLogs.userId))
    .leftJoin(userEvents, eq(userEvents.eventId, transmitLogs.eventId))
    .where(
      and(
        // Written as in the index definition, so that Postgres uses the index.
        sql`${transmitLogs.outcome} in ('retry', 'held')`,
        isRecent,
        partnerId === undefined ? undefined : eq(transmitLogs.partnerId, partnerId),
        isBehind(place, after),
        isLast,
        or(eq(userEvents.state, "queued"), isMailQueued),
      ),
    )
    .orderBy(desc(transmitLogs.attemptedAt), desc(transmitLogs.eventId))
    .limit(limit);
}

export type Retry = Awaited<ReturnType<typeof listRetries>>[number];
