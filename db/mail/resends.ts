import { type SQL, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { IS_WATCHED } from "../users/watched-users.ts";
import { enqueueUsersChanged } from "./outbox.ts";
import type { MAIL_STATES } from "./tables.ts";

/** What must be known about an event to decide whether it can be sent again. */
export interface ResendFacts {
  eventId: string;
  partnerId: string;
  userId: string;
  isMail: boolean;
  state: (typeof MAIL_STATES)[number];
  /** Whether the event is a dead letter that waits for a decision. */
  isWaitingLetter: boolean;
  isWatched: boolean;
}

const toIds = (eventIds: readonly string[]): SQL =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(eventIds)}::jsonb))`;

/** Reads the facts about these events. Leaves out events that do not exist. */
export async function readResendFacts(db: Db, eventIds: readonly string[]): Promise<ResendFacts[]> {
  const { rows } = await db.execute<ResendFacts & Record<string, unknown>>(sql`
    select event.event_id as "eventId", event.partner_id as "partnerId", event.user_id as "userId",
           event.is_mail as "isMail", event.state,
           exists (
             select from dead_letters as letter
             where letter.event_id = event.event_id and letter.redelivered_at is null
               and letter.delete_requested_at is null and not letter.unreadable
           ) as "isWaitingLetter",
           ${IS_WATCHED} as "isWatched"
    from (
      select event_id, partner_id, user_id, state, true as is_mail from mail_logs
      where event_id in ${toIds(eventIds)}
      union all
      select event_id, partner_id, user_id, state, false from user_events
      where event_id in ${toIds(eventIds)}
    ) as event
    join users on users.id = event.user_id
    join partner_connections on partner_connections.id = users.connection_id
    join imap_providers on imap_providers.id = partner_connections.provider_id`);
  return rows;
}

export interface MailResend {
  partnerId: string;
  eventIds: readonly string[];
  /** The actor of the request, as in the audit log. */
  actor: string;
}

/**
 * Queues delivered mails of a partner again, and notifies the fleet in the same transaction. Skips
 * mails that are no longer in the state `delivered`.
 *
 * @returns How many mails were queued.
 */
export async function requestResend(tx: Db, request: MailResend): Promise<number> {
  const { partnerId, eventIds, actor } = request;
  const { rows } = await tx.execute<{ user_id: string }>(sql`
    update mail_logs
    set state = 'queued', reason = null, stream_seq = null, resend_requested_at = now(),
        recorded_at = now(), first_recorded_at = coalesce(first_recorded_at, recorded_at),
        change_seq = change_seq_now()
    where event_id in ${toIds(eventIds)} and partner_id = ${partnerId} and state = 'delivered'
    returning user_id`);
  if (rows.length === 0) return 0;
  await recordAudit(tx, {
    actor,
    action: "events.resend_requested",
    subjectType: "partner",
    subjectId: partnerId,
    details: { mails: rows.length, ...(eventIds.length === 1 && { event_id: eventIds[0] }) },
  });
  await enqueueUsersChanged(tx, partnerId, [...new Set(rows.map(({ user_id }) => user_id))]);
  return rows.length;
}

/** A mail that must be fetched from its mailbox and published again. */
export interface MailToResend {
  eventId: string;
  userId: string;
  mailbox: string;
  uidValidity: number;
  uid: number;
  requestedAtMs: number;
}

/** Reads mails whose resend was requested and that are not published yet, oldest request first. */
export async function readResends(db: Db, limit: number): Promise<MailToResend[]> {
  const { rows } = await db.execute<MailToResend & Record<string, unknown>>(sql`
    select event_id as "eventId", user_id as "userId", mailbox, uid_validity::float8 as "uidValidity",
           uid::float8 as uid,
           floor(extract(epoch from resend_requested_at) * 1000)::float8 as "requestedAtMs"
    from mail_logs
    where state = 'queued' and stream_seq is null and resend_requested_at is not null
      and recorded_at > now() - interval '5 days'
    order by resend_requested_at, event_id limit ${limit}::integer`);
  return rows;
}
