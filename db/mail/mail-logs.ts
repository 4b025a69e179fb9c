import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { query } from "../query.ts";
import { prepared } from "../prepared.ts";
import { setLastEmail } from "../users/user-freshness.ts";
import { CursorMoved, type MailboxKey } from "./cursors.ts";
import type { MAIL_STATES } from "./tables.ts";

/** What happened to one message. */
export interface MailRecord {
  eventId: string;
  uid: number;
  messageId: string | null;
  /**
   * Null when the mail is not published, is blank, or has no Message-ID. Then no later mail counts
   * as its duplicate by Message-ID.
   */
  messageIdHash: string | null;
  sha1: string | null;
  /** Null when the mail is not published, is blank, or is recorded by an adoption. */
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
  /** The cursor's UID before and after this call; null while a mailbox is scanned by date. */
  advance: { fromUid: number; toUid: number } | null;
  /** The time at which the mails that this call parks are fetched again for the first time. */
  retryParkedAt: Date;
}

/**
 * Records what happened to messages and advances the cursor. This is one statement (one round
 * trip), so either both succeed or neither does.
 *
 * Call it only after the events are stored in NATS. If the process crashes in between, the events
 * are published again under the same ids. The reverse order would lose mail.
 *
 * Recording an event again does not change its row. Use `settleMails()` to update parked mail.
 *
 * @throws {CursorMoved} when the cursor is no longer at `advance.fromUid`. In this case, nothing is
 * written.
 */
export async function recordMails(db: Db, mails: RecordMails): Promise<void> {
  const member = prepareMails(mails);
  const recorded = await recordMailGroup(db, [member]);
  if (!recorded.has(member)) throw cursorMoved(mails);
}

/** Returns the error for mails that were not recorded because another instance moved the cursor. */
export const cursorMoved = ({ userId }: Pick<RecordMails, "userId">) =>
  new CursorMoved(`Cannot advance the cursor of ${userId}: it moved`);

/** A mailbox and its mails as JSON, ready to be recorded. */
export interface PreparedMails {
  userId: string;
  json: string;
}

/** @throws {RangeError} when a date is invalid. */
export const prepareMails = (mails: RecordMails): PreparedMails => ({
  userId: mails.userId,
  json: JSON.stringify({
    user_id: mails.userId,
    account_epoch: mails.accountEpoch,
    mailbox: mails.mailbox,
    uid_validity: mails.uidValidity,
    from_uid: mails.advance?.fromUid ?? null,
    to_uid: mails.advance?.toUid ?? null,
    newest: newestDate(mails.records),
    retry_parked_at: mails.retryParkedAt.toISOString(),
    records: mails.records.map(toJson),
  }),
});

/**
 * Records the mails of several mailboxes in one statement, each as `recordMails()` does. Every
 * mailbox belongs to a different user. If the cursor of a mailbox has moved, only the mails of this
 * mailbox are not recorded. Any other error makes the whole statement fail, and nothing is written.
 *
 * @param lockWaitMs How long to wait for a row that another transaction has locked. After that, the
 * statement fails with SQLSTATE 55P03 (lock_not_available). Default: no limit.
 * @returns The members of `group` that were recorded. The cursor of each other member has moved.
 */
export async function recordMailGroup(
  db: Db,
  group: readonly PreparedMails[],
  lockWaitMs: number | null = null,
): Promise<ReadonlySet<PreparedMails>> {
  // Rows are always locked in the order of user ids, so that two statements cannot deadlock.
  const sorted = group.toSorted((one, other) => (one.userId < other.userId ? -1 : 1));
  const lockWait = lockWaitMs === null ? null : `${lockWaitMs}ms`;
  const json = `[${sorted.map((member) => member.json).join(",")}]`;
  const places = await RECORD[sizeOf(sorted)](db, json, lockWait);
  return new Set(places.flatMap((place) => sorted[place - 1] ?? []));
}

type GroupSize = "one" | "few" | "many";

const recordGroupOf = (size: GroupSize) =>
  compiled<[json: string, lockWait: string | null], number[]>((db, json, lockWait) => {
    const statement = sql`
    with mailboxes as materialized (
      select entry.*,
             (select partner_id from partner_connections
              where id = (select connection_id from users where users.id = entry.user_id)) as partner_id
      from rows from (jsonb_to_recordset(${json}::jsonb) as (
        user_id text, account_epoch integer, mailbox text, uid_validity bigint, from_uid bigint, to_uid bigint,
        newest timestamptz, retry_parked_at timestamptz, records jsonb)) with ordinality as entry (
        user_id, account_epoch, mailbox, uid_validity, from_uid, to_uid, newest, retry_parked_at, records, place)
      where ${lockWait}::text is null or set_config('lock_timeout', ${lockWait}::text, true) is not null
      ${EXPECTED[size]}
    ),
    ${size === "one" ? sql`` : HELD}
    moved as (
      update cursors
      set last_uid = to_uid, last_internal_date = greatest(last_internal_date, newest), updated_at = now()
      from ${size === "one" ? sql`mailboxes` : sql`held join mailboxes using (place)`}
      where cursors.user_id = mailboxes.user_id and cursors.account_epoch = mailboxes.account_epoch
        and cursors.mailbox = mailboxes.mailbox and cursors.uid_validity = mailboxes.uid_validity
        and last_uid = from_uid
      returning place
    ),
    permitted as (
      select * from mailboxes where to_uid is null or place in (select place from moved)
    ),
    mails as (
      select place, user_id, partner_id, mailbox, uid_validity, retry_parked_at, mail.*
      from permitted cross join lateral ${recordset(sql`records`)}
    ),
    fresh as (
      insert into seen (event_id, user_id, message_id_hash, sha1, content_hash)
      select event_id, user_id, message_id_hash, sha1, content_hash from mails order by place, uid
      on conflict (event_id) do nothing
      returning event_id
    ),
    recorded as (
      insert into mail_logs (event_id, user_id, partner_id, mailbox, uid_validity, uid, message_id, sha1,
                             size_bytes, internal_date, stream_seq, state, reason)
      select event_id, user_id, partner_id, mailbox, uid_validity, uid, message_id, sha1,
             size_bytes, internal_date, stream_seq, state, reason
      from mails where partner_id is not null and event_id in (select event_id from fresh)
      returning event_id, user_id, state
    ),
    parked as (
      insert into parked_mails (event_id, user_id, mailbox, uid_validity, uid, internal_date, next_try_at)
      select event_id, user_id, mailbox, uid_validity, uid, internal_date, retry_parked_at
      from mails where event_id in (select event_id from recorded where state = 'parked')
    ),
    touched as (
      ${setLastEmail(sql`select user_id from recorded where state = 'queued'`)}
    )
    select place::integer from permitted`;
    return query(
      db.execute<{ place: number }>(prepared(`record_mails_${size}`, statement)),
      ({ rows }) => rows.map(({ place }) => place),
    );
  });

const RECORD = {
  one: recordGroupOf("one"),
  few: recordGroupOf("few"),
  many: recordGroupOf("many"),
};

/**
 * Locks the cursors in the order of user ids (`place`). A group of one mailbox does not need this
 * clause.
 */
const HELD = sql`
    held as (
      select place from mailboxes join cursors using (user_id, account_epoch, mailbox, uid_validity)
      where last_uid = from_uid order by place
      for no key update of cursors
    ),`;

/**
 * Clauses from which PostgreSQL's planner estimates the number of mailboxes. Without a limit, the
 * planner expects a hundred mailboxes, and may read a whole table although there are only a few.
 * There are only three clauses, because each needs a prepared statement of its own, which every
 * connection must plan.
 */
const EXPECTED = { one: sql`limit 1`, few: sql`limit 16`, many: sql`` };

const sizeOf = ({ length }: readonly unknown[]): GroupSize =>
  length === 1 ? "one" : length <= 16 ? "few" : "many";

function newestDate(records: readonly MailRecord[]): string | null {
  const times = records.map(({ internalDate }) => internalDate.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

/** Returns SQL that reads `records`, the JSON of `toRecordsJson()`, as a table named `mail`. */
export const recordset = (records: SQL) => sql`jsonb_to_recordset(${records}) as mail (
        event_id text, uid bigint, message_id text, message_id_hash text, sha1 text, content_hash text,
        size_bytes bigint, internal_date timestamptz, stream_seq bigint, state text, reason text)`;

export const toRecordsJson = (records: readonly MailRecord[]) =>
  JSON.stringify(records.map(toJson));

/**
 * Converts a record to JSON. Removes NUL characters, which a broken mail may contain but Postgres
 * text may not.
 */
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
