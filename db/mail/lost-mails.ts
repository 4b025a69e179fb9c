import { and, asc, gt, inArray, isNotNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { outbox } from "./tables.ts";
import { type transmitLogs } from "../deliveries/tables.ts";

/** A mail whose delivery has not ended, according to mail_logs. */
export interface QueuedMail {
  eventId: string;
  userId: string;
  mailbox: string;
  uidValidity: number;
  uid: number;
  streamSeq: number | null;
  recordedAtMs: number;
  /**
   * `recorded_at` as PostgreSQL's text, for the position of the next page. The text keeps the
   * microseconds, which `recordedAtMs` does not have.
   */
  recordedAt: string;
  lastAttempt: { attempt: number; attemptedAtMs: number; outcome: AttemptOutcome } | null;
}

type AttemptOutcome = typeof transmitLogs.$inferSelect.outcome;

interface QueuedRow extends Record<string, unknown> {
  event_id: string;
  user_id: string;
  mailbox: string;
  uid_validity: string;
  uid: string;
  stream_seq: string | null;
  recorded_at: string;
  recorded_ms: string;
  attempt: number | null;
  attempted_ms: string | null;
  outcome: AttemptOutcome | null;
}

export interface QueuedPage {
  userIds: readonly string[];
  /** Only mails that were recorded at least this long ago are read. */
  ageMs: number;
  /** The last mail of the previous page. */
  after: QueuedMail | null;
  limit: number;
}

/**
 * The search for undelivered mail looks only at mail up to this age: the three days for which the
 * stream keeps an event, and a margin of two days. Older partitions need not be searched.
 */
const RECENT = sql.raw("interval '5 days'");

/** Reads the recent queued mails of these users, oldest first, each with its last attempt. */
export function readQueuedMails(db: Db, page: QueuedPage): Promise<QueuedMail[]> {
  const { userIds, ageMs, after, limit } = page;
  return queuedMails(
    db,
    sql`mail.state = 'queued' and mail.recorded_at > now() - ${RECENT}
      and mail.user_id in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))
      and mail.recorded_at < now() - ${ageMs}::bigint * interval '1 millisecond'
      and (mail.recorded_at, mail.event_id)
        > (coalesce(${after?.recordedAt ?? null}::timestamptz, '-infinity'), ${after?.eventId ?? ""})
      order by mail.recorded_at, mail.event_id limit ${limit}`,
  );
}

/** Reads the mails with these ids again; leaves out mails that are no longer queued. */
export function rereadQueuedMails(db: Db, eventIds: readonly string[]): Promise<QueuedMail[]> {
  return queuedMails(
    db,
    sql`mail.state = 'queued' and mail.recorded_at > now() - ${RECENT}
      and mail.event_id in (select jsonb_array_elements_text(${JSON.stringify(eventIds)}::jsonb))`,
  );
}

/**
 * Reads mails that have been queued longer than any stream keeps events, each with its last
 * attempt.
 *
 * @param page.userIds If null, the queued mails of all users are read. Otherwise only the mails of
 * these users are read, including mails that were marked as lost because their mailbox could not be
 * read.
 */
export function readForgottenMails(
  db: Db,
  { userIds, limit }: { userIds: readonly string[] | null; limit: number },
): Promise<QueuedMail[]> {
  const isMeant =
    userIds === null
      ? sql`mail.state = 'queued'`
      : sql`(mail.state = 'queued' or (mail.state = 'lost' and mail.reason = ${NOT_REACHED}))
          and mail.user_id in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))`;
  return queuedMails(
    db,
    sql`${isMeant} and mail.recorded_at <= now() - ${userIds === null ? GIVEN_UP : RECENT}
      order by mail.recorded_at, mail.event_id limit ${limit}`,
    "all",
  );
}

/**
 * The age from which queued mail is marked as lost. It is one day more than `RECENT`: in that day,
 * the instance that watches the user tries to fetch the mail again.
 */
const GIVEN_UP = sql.raw("interval '6 days'");
/** The reason of a lost mail that is fetched again as soon as its mailbox can be read. */
const NOT_REACHED = "mailbox_not_reached";

/**
 * Marks these mails as lost, if they are still queued.
 * @returns How many were marked.
 */
export async function giveUpForgotten(db: Db, eventIds: readonly string[]): Promise<number> {
  if (eventIds.length === 0) return 0;
  const { rowCount } = await db.execute(sql`
    update mail_logs set state = 'lost', reason = ${NOT_REACHED}
    where event_id in (select jsonb_array_elements_text(${JSON.stringify(eventIds)}::jsonb))
      and state = 'queued'`);
  return rowCount ?? 0;
}

/**
 * Reads queued mails, each with its last attempt.
 * @param attempts `recent` ignores attempts that are more than five days old.
 */
async function queuedMails(
  db: Db,
  condition: ReturnType<typeof sql>,
  attempts: "recent" | "all" = "recent",
): Promise<QueuedMail[]> {
  const areRecent = attempts === "recent" ? sql`and log.attempted_at > now() - ${RECENT}` : sql``;
  const { rows } = await db.execute<QueuedRow>(sql`
    select mail.event_id, mail.user_id, mail.mailbox, mail.uid_validity, mail.uid, mail.stream_seq,
           mail.recorded_at::text as recorded_at,
           floor(extract(epoch from mail.recorded_at) * 1000)::text as recorded_ms,
           last.attempt, last.outcome,
           floor(extract(epoch from last.attempted_at) * 1000)::text as attempted_ms
    from mail_logs as mail
    left join lateral (
      select attempt, attempted_at, outcome from transmit_logs as log
      where log.event_id = mail.event_id ${areRecent}
        -- Ignore attempts from before the mail was queued again; an attempt may precede the record
        -- by a moment.
        and log.attempted_at > mail.recorded_at - interval '1 minute'
        -- Ignore attempts from before a resend or a redelivery was requested.
        and (mail.resend_requested_at is null or log.attempted_at > mail.resend_requested_at)
        and not exists (
          select 1 from dead_letters as letter
          where letter.event_id = mail.event_id and letter.redeliver_requested_at is not null
            and log.attempted_at <= letter.died_at)
      order by attempted_at desc limit 1
    ) as last on true
    where ${condition}`);
  return rows.map(toQueuedMail);
}

const toQueuedMail = (row: QueuedRow): QueuedMail => ({
  eventId: row.event_id,
  userId: row.user_id,
  mailbox: row.mailbox,
  uidValidity: Number(row.uid_validity),
  uid: Number(row.uid),
  streamSeq: row.stream_seq === null ? null : Number(row.stream_seq),
  recordedAt: row.recorded_at,
  recordedAtMs: Number(row.recorded_ms),
  lastAttempt:
    row.attempt === null || row.outcome === null
      ? null
      : { attempt: row.attempt, attemptedAtMs: Number(row.attempted_ms), outcome: row.outcome },
});

/** An event from the outbox that was published and whose delivery has not ended yet. */
export interface PublishedEvent {
  id: number;
  eventId: string;
  partnerId: string;
  streamSeq: number;
}

/**
 * Reads events that were published more than `ageMs` ago and whose delivery has not ended. The
 * result is sorted by id.
 */
export async function readPublishedEvents(
  db: Db,
  page: { ageMs: number; afterId: number; limit: number },
): Promise<PublishedEvent[]> {
  const rows = await db
    .select({
      id: outbox.id,
      eventId: outbox.eventId,
      partnerId: outbox.partnerId,
      streamSeq: outbox.streamSeq,
    })
    .from(outbox)
    .where(
      and(
        gt(outbox.id, page.afterId),
        isNotNull(outbox.eventId),
        // Sequence 0 marks an event that cannot be read. An operator must handle it.
        gt(outbox.streamSeq, 0),
        sql`${outbox.publishedAt} < now() - ${page.ageMs}::bigint * interval '1 millisecond'`,
      ),
    )
    .orderBy(asc(outbox.id))
    .limit(page.limit);
  return rows.flatMap(({ eventId, streamSeq, ...row }) =>
    eventId === null || streamSeq === null ? [] : [{ ...row, eventId, streamSeq }],
  );
}

/**
 * Marks events whose delivery has not ended, so that they are published again.
 * @returns How many were marked.
 */
export async function reopenEvents(db: Db, ids: readonly number[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rowCount } = await db
    .update(outbox)
    .set({ publishedAt: null, streamSeq: null })
    .where(and(inArray(outbox.id, [...ids]), gt(outbox.streamSeq, 0)));
  return rowCount ?? 0;
}
