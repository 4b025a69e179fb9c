import { sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { type Query, query, type Ref } from "../query.ts";
import type { EVENT_STATES } from "./tables.ts";

/** The position of a reader in the log: the last event that was read. */
export interface LogPosition {
  changeSeq: string;
  eventId: string;
}

export interface LoggedMail {
  messageId: string | null;
  sizeBytes: number;
  internalDate: Date;
}

/** An event that was or will be sent to the partner. */
export interface LoggedEvent {
  position: LogPosition;
  kind: EventKind;
  userTag: string;
  providerCode: string;
  createdAt: Date;
  state: (typeof EVENT_STATES)[number];
  reason: string | null;
  /** Whether the user is being removed. Such a user is no longer visible to the partner. */
  isRemoved: boolean;
  /** Null unless the event is new_mail. */
  mail: LoggedMail | null;
}

export interface LogPage {
  partnerId: Ref;
  after: LogPosition | undefined;
  kind: EventKind | undefined;
  limit: number;
}

interface LogRow extends Record<string, unknown> {
  event_id: string;
  change_seq: string;
  kind: EventKind;
  user_tag: string;
  provider_code: string;
  created_ms: string;
  state: LoggedEvent["state"];
  reason: string | null;
  is_removed: boolean;
  message_id: string | null;
  size_bytes: string | null;
  internal_ms: string | null;
}

/**
 * Returns the next events of a partner's log. The order is exact under concurrent writers: only
 * rows of transactions older than every running transaction are returned. So no event can later
 * appear before an event that was already returned.
 */
export function readEventLog(db: Db, page: LogPage): Query<LoggedEvent[]> {
  const { partnerId, after, kind, limit } = page;
  const isNext = sql`partner_id = ${partnerId} and change_seq < change_seq_horizon()
    and (change_seq, event_id) > (${after?.changeSeq ?? "0"}::bigint, ${after?.eventId ?? ""})`;
  const inOrder = sql`order by change_seq, event_id limit ${limit}::integer`;
  // One query reads mails in the usual states, and another reads lost mails. In this way, each
  // query can use an index of its own.
  const isUsual = sql`state in ('queued', 'delivered', 'dead')`;
  const mailsThat = (areMeant: Sql) => sql`
    (select event_id, change_seq, 'new_mail' as kind, user_id, recorded_at as created_at, state, reason,
            message_id, size_bytes, internal_date
     from mail_logs where ${isNext} and ${areMeant} ${inOrder})`;
  const mails = sql`${mailsThat(isUsual)} union all ${mailsThat(sql`state = 'lost'`)}`;
  const isOfKind = kind === undefined ? sql`` : sql`and kind = ${kind}`;
  const others = sql`
    (select event_id, change_seq, kind, user_id, created_at, state, reason,
            null::text as message_id, null::bigint as size_bytes, null::timestamptz as internal_date
     from user_events where ${isNext} and ${isUsual} ${isOfKind} ${inOrder})`;
  const log = db.execute<LogRow>(sql`
    select log.event_id, log.change_seq::text, log.kind, log.state, log.reason, log.message_id,
           log.size_bytes::text, users.tag as user_tag, providers.code as provider_code,
           connections.removed_at is not null as is_removed,
           floor(extract(epoch from log.created_at) * 1000)::text as created_ms,
           floor(extract(epoch from log.internal_date) * 1000)::text as internal_ms
    from (${chooseTables(kind, { mails, others })}) as log
    join users on users.id = log.user_id
    join partner_connections connections on connections.id = users.connection_id
    join imap_providers providers on providers.id = connections.provider_id
    order by log.change_seq, log.event_id limit ${limit}::integer`);
  return query(log, ({ rows }) => rows.map(toEvent));
}

type Sql = ReturnType<typeof sql>;

function chooseTables(
  kind: EventKind | undefined,
  { mails, others }: { mails: Sql; others: Sql },
): Sql {
  if (kind === undefined) return sql`${mails} union all ${others}`;
  return kind === "new_mail" ? mails : others;
}

const toEvent = (row: LogRow): LoggedEvent => ({
  position: { changeSeq: row.change_seq, eventId: row.event_id },
  kind: row.kind,
  userTag: row.user_tag,
  providerCode: row.provider_code,
  createdAt: new Date(Number(row.created_ms)),
  state: row.state,
  reason: row.reason,
  isRemoved: row.is_removed,
  mail:
    row.size_bytes === null || row.internal_ms === null
      ? null
      : {
          messageId: row.message_id,
          sizeBytes: Number(row.size_bytes),
          internalDate: new Date(Number(row.internal_ms)),
        },
});
