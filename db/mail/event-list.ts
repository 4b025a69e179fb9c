import { type SQL, sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import type { TimePage } from "../time-position.ts";
import type { MAIL_STATES } from "./tables.ts";

export type ListedState = (typeof MAIL_STATES)[number];

/** Selects events that match all of these fields. */
export interface EventFilter {
  state?: ListedState | undefined;
  kind?: EventKind | undefined;
  partnerId?: string | undefined;
  userId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  text?: EventText | undefined;
}

/** What a searched text may mean. An event matches if it matches one of them. */
export interface EventText {
  /** The id of an event; null if the text is none. */
  eventId: string | null;
  /** Beginnings of a Message-ID, in lower case. */
  messageIds: readonly string[];
  /** The beginning of a user's tag or e-mail address, or a whole domain, in lower case. */
  user: string | null;
}

/** An event of any partner, with its last attempt since it was queued. */
export interface ListedEvent {
  eventId: string;
  /** When it was queued, in the format of `TimePosition.at`. */
  position: string;
  kind: EventKind;
  state: ListedState;
  reason: string | null;
  userId: string;
  userTag: string;
  partnerId: string;
  partnerName: string;
  messageId: string | null;
  sizeBytes: number | null;
  status: number | null;
  error: string | null;
  attemptedAtMs: number | null;
  outcome: "delivered" | "archived" | "retry" | "held" | "dead" | null;
}

interface ListedRow extends Record<string, unknown> {
  event_id: string;
  position: string;
  kind: EventKind;
  state: ListedState;
  reason: string | null;
  user_id: string;
  user_tag: string;
  partner_id: string;
  partner_name: string;
  message_id: string | null;
  size_bytes: string | null;
  status: number | null;
  error: string | null;
  attempted_ms: string | null;
  outcome: ListedEvent["outcome"];
}

/** How many users a search considers. */
const MAX_USERS = 50;
/** How many mails a search for the beginning of a Message-ID considers. */
const MAX_MAILS = 10_000;

/** Lists events of all partners, newest first. */
export async function listEvents(
  db: Db,
  page: TimePage,
  filter: EventFilter,
): Promise<ListedEvent[]> {
  const branches = [
    ...(filter.kind === undefined || filter.kind === "new_mail"
      ? toMailBranches(filter, page)
      : []),
    ...(filter.kind === "new_mail" ? [] : toOtherBranches(filter, page)),
  ];
  if (branches.length === 0) return [];
  const { rows } = await db.execute<ListedRow>(sql`
    with found as (
      select distinct on (at, event_id) * from (${sql.join(branches, sql` union all `)}) as branch
      order by at desc, event_id desc limit ${page.limit}::integer
    )
    select found.event_id, found.kind, found.state, found.reason, found.user_id, found.partner_id,
           found.message_id, found.size_bytes::text, users.tag as user_tag, partners.name as partner_name,
           to_char(found.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
           last.status, last.error, last.outcome,
           floor(extract(epoch from last.attempted_at) * 1000)::text as attempted_ms
    from found
    join users on users.id = found.user_id
    join partners on partners.id = found.partner_id
    left join lateral (
      select status, error, outcome, attempted_at from transmit_logs as log
      -- An attempt may precede the record of its mail by a moment.
      where log.event_id = found.event_id and log.attempted_at > found.at - interval '1 minute'
      order by attempted_at desc limit 1
    ) as last on true
    order by found.at desc, found.event_id desc`);
  return rows.map(toListed);
}

/** The states of the index mail_logs_by_time, which one branch reads. */
const USUAL: readonly ListedState[] = ["queued", "delivered", "dead"];
const UNUSUAL: readonly ListedState[] = ["skipped", "parked", "lost"];

/**
 * Returns queries of mails. Each reads the newest mails with an index of its own, and their results
 * are merged.
 */
function toMailBranches(filter: EventFilter, page: TimePage): SQL[] {
  const select = (where: SQL, from = sql`mail_logs as event`) => sql`
    (select event.event_id, event.recorded_at as at, 'new_mail' as kind, event.state, event.reason,
            event.user_id, event.partner_id, event.message_id, event.size_bytes
     from ${from} where ${where} ${shared(filter, sql`event.recorded_at`)}
       ${behind(page, sql`event.recorded_at`)}
     order by event.recorded_at desc, event.event_id desc limit ${page.limit}::integer)`;
  const isState = filter.state === undefined ? sql`true` : sql`event.state = ${filter.state}`;
  const { text } = filter;
  if (text) {
    return [
      ...(text.eventId === null
        ? []
        : [select(sql`${isState} and event.event_id = ${text.eventId}`)]),
      ...text.messageIds.map((start) => select(isState, beginningWith(start))),
      ...(text.user === null
        ? []
        : [ofUsers(select(sql`${isState} and event.user_id = candidate.id`), text.user, page)]),
    ];
  }
  if (filter.userId !== undefined || filter.partnerId !== undefined) return [select(isState)];
  if (filter.state !== undefined && filter.state !== "delivered") return [select(isState)];
  if (filter.state === "delivered") {
    return [
      select(sql`event.state in ('queued', 'delivered', 'dead') and event.state = 'delivered'`),
    ];
  }
  return [
    select(
      sql`event.state in (${sql.join(
        USUAL.map((state) => sql.raw(`'${state}'`)),
        sql`, `,
      )})`,
    ),
    ...UNUSUAL.map((state) => select(sql`event.state = ${state}`)),
  ];
}

/**
 * Returns mails whose Message-ID begins with this text, any `MAX_MAILS` of them. Without a limit,
 * PostgreSQL would sort all of them, or search all mails by time.
 */
const beginningWith = (start: string) => sql`(
  select * from mail_logs
  where left(lower(message_id), 128) collate "C" like ${toPattern(start.slice(0, 128))}
  limit ${MAX_MAILS}::integer) as event`;

/** Returns queries of events that are not mail. */
function toOtherBranches(filter: EventFilter, page: TimePage): SQL[] {
  const select = (where: SQL) => sql`
    (select event.event_id, event.created_at as at, event.kind, event.state, event.reason,
            event.user_id, event.partner_id, null::text as message_id, null::bigint as size_bytes
     from user_events as event where ${where} ${shared(filter, sql`event.created_at`)}
       ${behind(page, sql`event.created_at`)}
     order by event.created_at desc, event.event_id desc limit ${page.limit}::integer)`;
  const isState = filter.state === undefined ? sql`true` : sql`event.state = ${filter.state}`;
  const isMeant =
    filter.kind === undefined ? isState : sql`${isState} and event.kind = ${filter.kind}`;
  const { text } = filter;
  if (!text) return [select(isMeant)];
  return [
    ...(text.eventId === null
      ? []
      : [select(sql`${isMeant} and event.event_id = ${text.eventId}`)]),
    ...(text.user === null
      ? []
      : [ofUsers(select(sql`${isMeant} and event.user_id = candidate.id`), text.user, page)]),
  ];
}

/** Returns the events of each user that the text may mean. `events` reads those of `candidate`. */
const ofUsers = (events: SQL, text: string, { limit }: TimePage) => sql`
  (select events.* from (
     (select id from users where lower(tag) collate "C" like ${toPattern(text)} limit ${MAX_USERS}::integer)
     union
     (select id from users where lower(email) collate "C" like ${toPattern(text)} limit ${MAX_USERS}::integer)
     union
     (select id from users where split_part(lower(email), '@', 2) = ${text} limit ${MAX_USERS}::integer)
   ) as candidate cross join lateral ${events} as events
   order by events.at desc, events.event_id desc limit ${limit}::integer)`;

const toPattern = (start: string) => `${start.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

const shared = ({ partnerId, userId, since, until }: EventFilter, at: SQL) => sql`
  ${partnerId === undefined ? sql`` : sql`and event.partner_id = ${partnerId}`}
  ${userId === undefined ? sql`` : sql`and event.user_id = ${userId}`}
  ${since === undefined ? sql`` : sql`and ${at} >= ${since.toISOString()}::timestamptz`}
  ${until === undefined ? sql`` : sql`and ${at} < ${until.toISOString()}::timestamptz`}`;

const behind = ({ after }: TimePage, at: SQL) =>
  after ? sql`and (${at}, event.event_id) < (${after.at}::timestamptz, ${after.id}::text)` : sql``;

const toListed = (row: ListedRow): ListedEvent => ({
  eventId: row.event_id,
  position: row.position,
  kind: row.kind,
  state: row.state,
  reason: row.reason,
  userId: row.user_id,
  userTag: row.user_tag,
  partnerId: row.partner_id,
  partnerName: row.partner_name,
  messageId: row.message_id,
  sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
  status: row.status,
  error: row.error,
  attemptedAtMs: row.attempted_ms === null ? null : Number(row.attempted_ms),
  outcome: row.outcome,
});
