import { and, desc, eq } from "drizzle-orm";
import type { Db } from "./client.ts";
import { partnerConnections, partners, tracerLogs, users } from "./schema.ts";
import { exactTime, isBehind, type TimePage } from "./time-position.ts";

/** Tracers and when they came how far, the newest first. */
export function listTracers(db: Db, { after, limit }: TimePage, userId: string | undefined) {
  const place = { at: tracerLogs.sentAt, id: tracerLogs.uid };
  return db
    .select({
      uid: tracerLogs.uid,
      userId: tracerLogs.userId,
      userTag: users.tag,
      partnerId: partners.id,
      partnerName: partners.name,
      sentAt: tracerLogs.sentAt,
      seenAt: tracerLogs.seenAt,
      publishedAt: tracerLogs.publishedAt,
      answeredAt: tracerLogs.answeredAt,
      position: exactTime(tracerLogs.sentAt),
    })
    .from(tracerLogs)
    .innerJoin(users, eq(users.id, tracerLogs.userId))
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .where(
      and(isBehind(place, after), userId === undefined ? undefined : eq(tracerLogs.userId, userId)),
    )
    .orderBy(desc(tracerLogs.sentAt), desc(tracerLogs.uid))
    .limit(limit);
}

export type Tracer = Awaited<ReturnType<typeof listTracers>>[number];
