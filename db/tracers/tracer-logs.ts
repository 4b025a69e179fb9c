import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { allRows, type Ref } from "../query.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { tracerLogs } from "./tables.ts";
import { users } from "../users/tables.ts";
import { exactTime, isBehind, type TimePage, toDirection } from "../time-position.ts";

/** Selects tracers that match all of these fields. */
export interface TracerFilter {
  userId?: string | undefined;
  partnerId?: Ref | undefined;
  providerCode?: string | undefined;
  /** Upper and lower case do not matter, since tags are unique regardless of case. */
  userTag?: string | undefined;
}

/** Lists tracers with the times of their stages, by the time when they were sent. */
export function listTracers(db: Db, page: TimePage, filter: TracerFilter) {
  const { order, behind } = toDirection(page);
  const place = { at: tracerLogs.sentAt, id: tracerLogs.uid };
  return allRows(
    db
      .select({
        uid: tracerLogs.uid,
        userId: tracerLogs.userId,
        userTag: users.tag,
        partnerId: partners.id,
        partnerName: partners.name,
        providerCode: imapProviders.code,
        sentAt: tracerLogs.sentAt,
        seenAt: tracerLogs.seenAt,
        publishedAt: tracerLogs.publishedAt,
        answeredAt: tracerLogs.answeredAt,
        deliveryTest: tracerLogs.deliveryTest,
        eventId: tracerLogs.eventId,
        sendError: tracerLogs.sendError,
        position: exactTime(tracerLogs.sentAt),
      })
      .from(tracerLogs)
      .innerJoin(users, eq(users.id, tracerLogs.userId))
      .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
      .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
      .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
      .where(and(isBehind(place, page.after, behind), ...toConditions(filter)))
      .orderBy(sql`${tracerLogs.sentAt} ${order}`, sql`${tracerLogs.uid} ${order}`)
      .limit(page.limit),
  );
}

export type Tracer = Awaited<ReturnType<typeof listTracers>>[number];

/** Selects the tracers that match, for `countUpTo()`. */
export const selectMatchingTracers = (db: Db, filter: TracerFilter) =>
  db
    .select({ uid: tracerLogs.uid })
    .from(tracerLogs)
    .innerJoin(users, eq(users.id, tracerLogs.userId))
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(...toConditions(filter)));

const toConditions = ({
  userId,
  partnerId,
  providerCode,
  userTag,
}: TracerFilter): (SQL | undefined)[] => [
  isNull(partnerConnections.removedAt),
  userId === undefined ? undefined : eq(tracerLogs.userId, userId),
  partnerId === undefined ? undefined : eq(partners.id, partnerId),
  providerCode === undefined ? undefined : eq(imapProviders.code, providerCode),
  userTag === undefined ? undefined : eq(sql`lower(${users.tag})`, sql`lower(${userTag})`),
];
