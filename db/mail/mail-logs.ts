import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { prepared } from "../prepared.ts";
import { CursorMoved, type MailboxKey } from "./cursors.ts";
import type { MAIL_STATES } from "./tables.ts";

/** What happened to one message. */
export interface MailRecord {
  eventId: string;
  uid: number;
  messageId: string | null;
  /**
   * Null when the mail was not delivered, so that it does not count as the original of a duplicate.
   */
  messageIdHash: string | null;
  sha1: string | null;
  /** Null when the mail was not delivered, or has no content. */
  contentHash: string | null;
  sizeBytes: number;
  internalDate: Date;
  streamSeq: number | null;
  state: (typeof MAIL_STATES)[number];
  reason: string | null;
}

export interface RecordMails extends MailboxKey {
  uidValidity: number;
  records: readonly MailRecord[];
  /** The position of the cursor before and after; null while a mailbox is scanned by date. */
  advance: { fromUid: number; toUid: number } | null;
  /** When parked mail is tried for the first time. */
  retryParkedAt: Date;
}

/**
 * Records what happened to messages and advances the cursor, in one statement (one round trip):
 * either both succeed or neither does. Call it only after the events are stored in NATS: after a
 * crash in between, the events are published again under the same ids, while the reverse order
 * would lose mail.
 *
 * Recording an event again does not change its row; `settleMails()` updates parked mail.
 *
 * @throws {CursorMoved} when the cursor is no longer at `advance.fromUid`; nothing is written then.
 */
export async function recordMails(db: Db, mails: RecordMails): Promise<void> {
  const { userId, accountEpoch, mailbox, uidValidity, advance } = mails;
  const newest = newestDate(mails.records);
  const { rows } = await db.execute<{ moved: boolean }>(
    prepared(
      "record_mails",
      sql`
    with moved as (
      update cursors
      set last_uid = ${advance?.toUid ?? 0}::bigint,
          last_internal_date = greatest(last_internal_date, ${newest}::timestamptz),
          updated_at = now()
      where ${advance !== null}::boolean
        and user_id = ${userId} and account_epoch = ${accountEpoch}::integer and mailbox = ${mailbox}
        and uid_validity = ${uidValidity}::bigint and last_uid = ${advance?.fromUid ?? 0}::bigint
      returning 1
    ),
    permitted as (select 1 where not ${advance !== null}::boolean or exists (select 1 from moved)),
    mails as (
      select * from ${recordset(mails.records)}
      where exists (select 1 from permitted)
    ),
    owner as (
      select partner_id from partner_connections
      where id = (select connection_id from users where id = ${userId})
    ),
    fresh as (
      insert into seen (event_id, user_id, message_id_hash, sha1, content_hash)
      select event_id, ${userId}, message_id_hash, sha1, content_hash from mails
      on conflict (event_id) do nothing
      returning event_id
    ),
    recorded as (
      insert into mail_logs (event_id, user_id, partner_id, mailbox, uid_validity, uid, message_id, sha1,
                             size_bytes, internal_date, stream_seq, state, reason)
      select event_id, ${userId}, owner.partner_id, ${mailbox}, ${uidValidity}::bigint, uid, message_id, sha1,
             size_bytes, internal_date, stream_seq, state, reason
      from mails cross join owner where event_id in (select event_id from fresh)
      returning event_id, state
    ),
    parked as (
      insert into parked_mails (event_id, user_id, mailbox, uid_validity, uid, internal_date, next_try_at)
      select event_id, ${userId}, ${mailbox}, ${uidValidity}::bigint, uid, internal_date,
             ${mails.retryParkedAt.toISOString()}::timestamptz
      from mails where event_id in (select event_id from recorded where state = 'parked')
    ),
    touched as (
      update users set last_email_at = now()
      where id = ${userId} and exists (select 1 from recorded where state = 'queued')
    )
    select exists (select 1 from permitted) as moved`,
    ),
  );
  if (rows[0]?.moved !== true)
    throw new CursorMoved(`Cannot advance the cursor of ${userId}: it moved`);
}

function newestDate(records: readonly MailRecord[]): string | null {
  const times = records.map(({ internalDate }) => internalDate.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

/** Returns SQL for the records as a table `mail`, for use in a statement. */
export function recordset(records: readonly MailRecord[]) {
  return sql`jsonb_to_recordset(${JSON.stringify(records.map(toJson))}::jsonb) as mail (
        event_id text, uid bigint, message_id text, message_id_hash text, sha1 text, content_hash text,
        size_bytes bigint, internal_date timestamptz, stream_seq bigint, state text, reason text)`;
}

/** Removes NUL characters: a broken mail may have them, and Postgres text may not. */
function toJson(record: MailRecord) {
  return {
    event_id: record.eventId,
    uid: record.uid,
    message_id: record.messageId?.replaceAll("\0", "") ?? null,
    message_id_hash: record.messageIdHash,
    sha1: record.sha1,
    content_hash: record.contentHash,
    size_bytes: record.sizeBytes,
    internal_date: record.internalDate.toISOString(),
    stream_seq: record.streamSeq,
    state: record.state,
    reason: record.reason,
  };
}
