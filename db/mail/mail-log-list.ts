import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { type MAIL_STATES, mailLogs, userEvents } from "./tables.ts";
import { users } from "../users/tables.ts";
import { exactTime, isBehind, type TimePage } from "../time-position.ts";

const mailColumns = {
  eventId: mailLogs.eventId,
  recordedAt: mailLogs.recordedAt,
  firstRecordedAt: mailLogs.firstRecordedAt,
  mailbox: mailLogs.mailbox,
  uidValidity: mailLogs.uidValidity,
  uid: mailLogs.uid,
  messageId: mailLogs.messageId,
  sizeBytes: mailLogs.sizeBytes,
  internalDate: mailLogs.internalDate,
  state: mailLogs.state,
  reason: mailLogs.reason,
};

/** Selects mails that match all of these fields. */
export interface MailFilter {
  state?: (typeof MAIL_STATES)[number] | undefined;
  /** Recorded at this time or later. */
  since?: Date | undefined;
  /** Recorded before this time. */
  until?: Date | undefined;
}

/** Lists what happened to a user's mails, newest first. */
export function listMailLog(
  db: Db,
  userId: string,
  { after, limit }: TimePage,
  { state, since, until }: MailFilter,
) {
  const place = { at: mailLogs.recordedAt, id: mailLogs.eventId };
  return db
    .select({ ...mailColumns, position: exactTime(mailLogs.recordedAt) })
    .from(mailLogs)
    .where(
      and(
        eq(mailLogs.userId, userId),
        isBehind(place, after),
        state === undefined ? undefined : eq(mailLogs.state, state),
        since === undefined ? undefined : gte(mailLogs.recordedAt, since),
        until === undefined ? undefined : lt(mailLogs.recordedAt, until),
      ),
    )
    .orderBy(desc(mailLogs.recordedAt), desc(mailLogs.eventId))
    .limit(limit);
}

export type LoggedMailRow = Omit<Awaited<ReturnType<typeof listMailLog>>[number], "position">;

/** The user and partner that an event belongs to. */
const ownerColumns = {
  userId: users.id,
  userTag: users.tag,
  providerCode: imapProviders.code,
  partnerId: partners.id,
  partnerName: partners.name,
};

export async function findMail(db: Db, eventId: string) {
  const [mail] = await db
    .select({ mail: { ...mailColumns, sha1: mailLogs.sha1 }, owner: ownerColumns })
    .from(mailLogs)
    .innerJoin(users, eq(users.id, mailLogs.userId))
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .where(eq(mailLogs.eventId, eventId));
  return mail;
}

/** Finds an event that is not new_mail. */
export async function findUserEvent(db: Db, eventId: string) {
  const [event] = await db
    .select({ event: userEvents, owner: ownerColumns })
    .from(userEvents)
    .innerJoin(users, eq(users.id, userEvents.userId))
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .where(eq(userEvents.eventId, eventId));
  return event;
}

export type EventOwner = NonNullable<Awaited<ReturnType<typeof findMail>>>["owner"];
