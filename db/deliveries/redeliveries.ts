import { and, eq, sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { isUnburied } from "./letter-bytes.ts";
import { leaseEnd } from "../removal/purges.ts";
import { deadLetters } from "./tables.ts";

/** A letter to redeliver, claimed by this process. */
export interface ClaimedLetter {
  eventId: string;
  partnerId: string;
  userId: string;
  kind: EventKind;
  /** The letter's sequence in DEAD; null when the letter is not in DEAD. */
  streamSeq: number | null;
  requestedAtMs: number;
  /** Whether mail_logs contains the mail, with its mailbox and UID. */
  hasMail: boolean;
  /** Whether the user was removed or is being removed. */
  isRemoved: boolean;
}

interface ClaimedRow extends Record<string, unknown> {
  event_id: string;
  partner_id: string;
  user_id: string;
  kind: EventKind;
  stream_seq: string | null;
  requested_ms: string;
  has_mail: boolean;
  is_removed: boolean;
}

/**
 * Claims letters for `leaseMs`, to redeliver them. The letter with the oldest request comes first,
 * and at most `share` letters per partner are claimed.
 * Letters of a partner whose lane is paused or whose quota is used up are not claimed.
 *
 * The events get the state `queued` before they are published. So a fast delivery finds the event
 * in this state and can record its result. An event has no sequence until it is published. If this
 * process stops before the publication, the sweeper publishes the event.
 */
export async function claimRedeliveries(
  db: Db,
  { limit, share, leaseMs }: { limit: number; share: number; leaseMs: number },
): Promise<ClaimedLetter[]> {
  const { rows } = await db.execute<ClaimedRow>(sql`
    with open as (
      select letter.event_id
      from partners cross join lateral (
        select event_id, redeliver_requested_at from dead_letters as letter
        where partner_id = partners.id and redeliver_requested_at is not null and requeued_at is null
          and delete_requested_at is null and (leased_until is null or leased_until <= now())
          and not ${isUnburied}
        order by redeliver_requested_at, event_id limit ${share} for update skip locked
      ) as letter
      where partners.paused_at is null and not exists (
        select 1 from lanes where lanes.partner_id = partners.id and ingest_paused_at is not null)
      order by letter.redeliver_requested_at, letter.event_id limit ${limit}
    ),
    leased as (
      update dead_letters as letter set leased_until = ${leaseEnd(leaseMs)}
      from open where letter.event_id = open.event_id
      returning letter.*
    ),
    mails as (
      update mail_logs as mail
      set state = 'queued', reason = null, stream_seq = null, recorded_at = now(),
          first_recorded_at = coalesce(mail.first_recorded_at, mail.recorded_at),
          change_seq = change_seq_now()
      from leased
      where mail.event_id = leased.event_id and mail.user_id = leased.user_id
        and mail.state in ('dead', 'skipped', 'lost')
    ),
    events as (
      update user_events as event
      set state = 'queued', reason = null, change_seq = change_seq_now()
      from leased where event.event_id = leased.event_id and event.state in ('dead', 'skipped')
    )
    select event_id, partner_id, user_id, kind, stream_seq::text,
           floor(extract(epoch from redeliver_requested_at) * 1000)::text as requested_ms,
           exists (select 1 from mail_logs where mail_logs.event_id = leased.event_id) as has_mail,
           not exists (
             select 1 from users join partner_connections as connection on connection.id = connection_id
             where users.id = leased.user_id and connection.removed_at is null) as is_removed
    from leased order by redeliver_requested_at, event_id`);
  return rows.map(toClaimed);
}

const toClaimed = (row: ClaimedRow): ClaimedLetter => ({
  eventId: row.event_id,
  partnerId: row.partner_id,
  userId: row.user_id,
  kind: row.kind,
  streamSeq: row.stream_seq === null ? null : Number(row.stream_seq),
  requestedAtMs: Number(row.requested_ms),
  hasMail: row.has_mail,
  isRemoved: row.is_removed,
});

/**
 * Records that the event of a letter is queued again, with its sequence in EVENTS. The sequence is
 * null when the mail must be fetched from its mailbox. An event that has ended meanwhile is not
 * changed.
 *
 * @returns false when the letter no longer exists because its partner or user was removed.
 */
export async function markRequeued(
  db: Db,
  { eventId, requestedAtMs }: Pick<ClaimedLetter, "eventId" | "requestedAtMs">,
  eventSeq: number | null,
): Promise<boolean> {
  const requestedAt = new Date(requestedAtMs).toISOString();
  const { rows } = await db.execute<{ is_there: boolean }>(sql`
    with queued as (
      update mail_logs set stream_seq = ${eventSeq}::bigint
      where event_id = ${eventId} and state = 'queued'
    ),
    marked as (
      update dead_letters set requeued_at = now(), leased_until = null
      where event_id = ${eventId} and redeliver_requested_at = ${requestedAt}::timestamptz
    )
    select exists (select 1 from dead_letters where event_id = ${eventId}) as is_there`);
  return rows[0]?.is_there === true;
}

/**
 * Finds the sequence of a letter in DEAD; null when the letter is not in DEAD. Returns undefined
 * when the partner has no letter of this event.
 */
export async function findLetterPlace(
  db: Db,
  partnerId: string,
  eventId: string,
): Promise<{ streamSeq: number | null } | undefined> {
  const [place] = await db
    .select({ streamSeq: deadLetters.streamSeq })
    .from(deadLetters)
    .where(and(eq(deadLetters.partnerId, partnerId), eq(deadLetters.eventId, eventId)));
  return place;
}
