import { and, eq, min, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { prepared } from "../prepared.ts";
import { query } from "../query.ts";
import { setLastEmail } from "../users/user-freshness.ts";
import { recordset, type RecordMails, toRecordsJson } from "./mail-logs.ts";
import { parkedMails } from "./tables.ts";

/** Why a message is parked. Stored as the reason in mail_logs. */
export type ParkReason = "header_not_fetched" | "body_not_fetched";

/** A mail that could not be fetched. */
export type ParkedMail = Pick<
  typeof parkedMails.$inferSelect,
  "eventId" | "mailbox" | "uidValidity" | "uid"
>;

const MAX_AT_ONCE = 50;

/**
 * Claims those parked mails of a mailbox that are due. Each mail is postponed before it is tried: a
 * mail that breaks the connection must not be tried again immediately.
 *
 * @param firstDelayMs The delay before the first try; it doubles with each try.
 * @returns The mails, and when the next parked mail is due.
 */
export async function claimParkedMails(
  db: Db,
  key: { userId: string; mailbox: string },
  { firstDelayMs, maxDelayMs }: { firstDelayMs: number; maxDelayMs: number },
): Promise<{ mails: ParkedMail[]; nextAt: Date | null }> {
  const { userId, mailbox } = key;
  const row = await claimDue(db, { userId, mailbox, firstDelayMs, maxDelayMs });
  if (!row) throw new Error("Cannot take parked mails: the database returned no rows");
  return { mails: row.mails, nextAt: row.next === null ? null : new Date(Number(row.next)) };
}

interface ClaimDue {
  userId: string;
  mailbox: string;
  firstDelayMs: number;
  maxDelayMs: number;
}
interface ClaimedRow extends Record<string, unknown> {
  mails: ParkedMail[];
  next: string | null;
}
const claimDue = compiled<[claim: ClaimDue], ClaimedRow | undefined>(
  (db, { userId, mailbox, firstDelayMs, maxDelayMs }) => {
    const isOfMailbox = sql`user_id = ${userId} and mailbox = ${mailbox}`;
    const statement = prepared(
      "claim_parked_mails",
      sql`
    with due as (
      update parked_mails
      set tries = tries + 1,
          next_try_at = now() + interval '1 millisecond'
            * least(${firstDelayMs}::float8 * 2 ^ least(tries + 1, 40), ${maxDelayMs}::float8)
      where event_id in (
        select event_id from parked_mails where ${isOfMailbox} and next_try_at <= now()
        order by next_try_at limit ${MAX_AT_ONCE} for update skip locked)
      returning event_id, mailbox, uid_validity, uid, next_try_at
    )
    select coalesce(
             (select jsonb_agg(jsonb_build_object('eventId', event_id, 'mailbox', mailbox,
                                                  'uidValidity', uid_validity, 'uid', uid)) from due),
             '[]') as mails,
           floor(extract(epoch from least(
             (select min(next_try_at) from due),
             (select min(next_try_at) from parked_mails
              where ${isOfMailbox} and event_id not in (select event_id from due))
           )) * 1000)::text as next`,
    );
    return query(db.execute<ClaimedRow>(statement), ({ rows }) => rows[0]);
  },
);

/**
 * Returns the date of the user's oldest parked mail, from which a scan must start. Only mails of
 * `mailbox` count; if it is undefined, mails of all mailboxes count.
 */
export async function oldestParkedDate(
  db: Db,
  { userId, mailbox }: { userId: string; mailbox?: string },
): Promise<Date | null> {
  const [row] = await db
    .select({ oldest: min(parkedMails.internalDate) })
    .from(parkedMails)
    .where(
      and(
        eq(parkedMails.userId, userId),
        mailbox === undefined ? undefined : eq(parkedMails.mailbox, mailbox),
      ),
    );
  return row?.oldest ?? null;
}

/**
 * SQL condition: a delivered mail was to be sent again, but could not be fetched from its mailbox.
 */
const isFailedResend = sql`log.state = 'queued' and log.stream_seq is null
  and log.resend_requested_at is not null and mails.state in ('lost', 'skipped')`;

/**
 * Updates mails that were recorded before and are now fetched again. Parked mails become queued or
 * skipped. Queued and lost mails become queued with the new sequence of their event, or become
 * skipped or lost. A mail that was to be sent again and is gone from its mailbox becomes delivered
 * again. Mails in all other states have ended, and are not changed.
 *
 * A mail that becomes queued gets the current time as its recorded_at, if it was parked or lost, or
 * was recorded at least five days ago. Without this, `endMails()` could skip the mail, since it
 * updates only recent rows. The event of such a mail becomes the newest in the partner's log.
 */
export async function settleMails(
  db: Db,
  { userId, records, retryParkedAt }: Pick<RecordMails, "userId" | "records" | "retryParkedAt">,
): Promise<void> {
  await db.execute(sql`
    with mails as (select * from ${recordset(sql`${toRecordsJson(records)}::jsonb`)}),
    settled as (
      update mail_logs as log
      set state = case when ${isFailedResend} then 'delivered' else mails.state end,
          reason = case when ${isFailedResend} then 'not_resent' else mails.reason end,
          stream_seq = coalesce(mails.stream_seq, log.stream_seq),
          sha1 = coalesce(mails.sha1, log.sha1),
          message_id = coalesce(mails.message_id, log.message_id),
          size_bytes = case when mails.size_bytes > 0 then mails.size_bytes else log.size_bytes end,
          internal_date = case when mails.size_bytes > 0 then mails.internal_date else log.internal_date end,
          recorded_at = case when mails.state = 'queued' and (log.state in ('parked', 'lost') or log.recorded_at <= now() - interval '5 days') then now() else log.recorded_at end,
          change_seq = case when mails.state = 'queued' and (log.state in ('parked', 'lost') or log.recorded_at <= now() - interval '5 days')
            then change_seq_now() else log.change_seq end
      from mails
      where log.event_id = mails.event_id and log.user_id = ${userId} and log.state in ('parked', 'queued', 'lost')
      returning log.event_id, log.state, log.mailbox, log.uid_validity, log.uid, log.internal_date
    ),
    remembered as (
      update seen
      set message_id_hash = case when mails.state in ('skipped', 'lost') then null
            else coalesce(mails.message_id_hash, seen.message_id_hash) end,
          sha1 = case when mails.state in ('skipped', 'lost') then null else coalesce(mails.sha1, seen.sha1) end,
          content_hash = case when mails.state in ('skipped', 'lost') then null
            else coalesce(mails.content_hash, seen.content_hash) end
      from mails
      where seen.event_id = mails.event_id and not exists (
        select from settled where settled.event_id = mails.event_id and settled.state = 'delivered')
    ),
    parked as (
      insert into parked_mails (event_id, user_id, mailbox, uid_validity, uid, internal_date, next_try_at)
      select event_id, ${userId}, mailbox, uid_validity, uid, internal_date, ${retryParkedAt.toISOString()}::timestamptz
      from settled where state = 'parked'
      on conflict (event_id) do nothing
    ),
    released as (
      delete from parked_mails
      where event_id in (select event_id from mails where state <> 'parked')
    )
    ${setLastEmail(sql`select ${userId}::text as user_id from settled where state = 'queued'`)}`);
}
