import { type SQL, sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { type BoundedCount, countUpTo, MAX_COUNTED } from "../count-up-to.ts";
import type { LaneReport } from "../deliveries/lanes.ts";
import { type TimePage, toDirection } from "../time-position.ts";
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
  /** The last attempt since the event was queued; null before the first. */
  lastAttempt: LastAttempt | null;
  /** The state of the partner's deliveries; `unreported` when no instance has reported it lately. */
  laneState: LaneReport["state"] | "unreported";
  openUntilMs: number | null;
}

/** A time is in Unix ms. */
export interface LastAttempt {
  attempt: number;
  status: number | null;
  error: string | null;
  answer: string | null;
  outcome: "delivered" | "archived" | "retry" | "held" | "dead";
  attemptedAtMs: number;
  nextAttemptAtMs: number | null;
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
  last_attempt: LastAttempt | null;
  lane_state: ListedEvent["laneState"];
  open_until_ms: number | null;
}

/** How many users a search considers. */
const MAX_USERS = 50;
/** How many mails a search for the beginning of a Message-ID considers. */
const MAX_MAILS = 10_000;

/** Lists events of all partners by the time when they were queued. */
export async function listEvents(
  db: Db,
  page: TimePage,
  filter: EventFilter,
): Promise<ListedEvent[]> {
  const branches = toBranches(filter, page);
  if (branches.length === 0) return [];
  const { order } = toDirection(page);
  const { rows } = await db.execute<ListedRow>(sql`
    with found as (
      select distinct on (at, event_id) * from (${sql.join(branches, sql` union all `)}) as branch
      order by at ${order}, event_id ${order} limit ${page.limit}::integer
    )
    select found.event_id, found.kind, found.state, found.reason, found.user_id, found.partner_id,
           found.message_id, found.size_bytes::text, users.tag as user_tag, partners.name as partner_name,
           to_char(found.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
           last.attempt as last_attempt,
           case when partners.paused_at is not null then 'paused'
                when lanes.reported_at > now() - interval '90 seconds' then lanes.state
                else 'unreported' end as lane_state,
           floor(extract(epoch from lanes.open_until) * 1000)::float8 as open_until_ms
    from found
    join users on users.id = found.user_id
    join partners on partners.id = found.partner_id
    left join lanes on lanes.partner_id = found.partner_id
    left join lateral (
      select json_build_object(
        'attempt', attempt, 'status', status, 'error', error, 'answer', answer, 'outcome', outcome,
        'attemptedAtMs', floor(extract(epoch from attempted_at) * 1000)::float8,
        'nextAttemptAtMs', floor(extract(epoch from next_attempt_at) * 1000)::float8) as attempt
      from transmit_logs as log
      -- An attempt may precede the record of its mail by a moment.
      where log.event_id = found.event_id and log.attempted_at > found.at - interval '1 minute'
      order by attempted_at desc limit 1
    ) as last on true
    order by found.at ${order}, found.event_id ${order}`);
  return rows.map(toListed);
}

/** Counts the events that match, up to a limit. */
export function countEvents(db: Db, filter: EventFilter): Promise<BoundedCount> {
  const branches = toBranches(filter, { after: undefined, limit: MAX_COUNTED + 1 });
  if (branches.length === 0) return Promise.resolve({ count: 0, is_more: false });
  const found = sql`(${sql.join(branches, sql` union all `)}) as branch`;
  return countUpTo(db, sql`select distinct at, event_id from ${found}`);
}

const toBranches = (filter: EventFilter, page: TimePage): SQL[] => [
  ...(filter.kind === undefined || filter.kind === "new_mail" ? toMailBranches(filter, page) : []),
  ...(filter.kind === "new_mail" ? [] : toOtherBranches(filter, page)),
];

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
     ${inOrder(page, sql`event.recorded_at`)})`;
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
     ${inOrder(page, sql`event.created_at`)})`;
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

/**
 * Returns the events of each user that the text may mean. `events` reads those of `candidate`. If a
 * user has exactly this tag or address, the text means no others.
 */
const ofUsers = (events: SQL, text: string, page: TimePage) => sql`
  (select events.* from (
     with exact as materialized (
       select id from users where lower(tag) collate "C" = ${text} or lower(email) collate "C" = ${text}
       limit ${MAX_USERS}::integer
     )
     select id from exact
     union
     (select id from users
      where lower(tag) collate "C" like ${toPattern(text)} and not exists (select from exact)
      order by lower(tag) collate "C" limit ${MAX_USERS}::integer)
     union
     (select id from users
      where lower(email) collate "C" like ${toPattern(text)} and not exists (select from exact)
      order by lower(email) collate "C" limit ${MAX_USERS}::integer)
     union
     (select id from users where split_part(lower(email), '@', 2) = ${text} limit ${MAX_USERS}::integer)
   ) as candidate cross join lateral ${events} as events
   ${inOrder(page, sql`events.at`, sql`events.event_id`)})`;

const toPattern = (start: string) => `${start.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;

const shared = ({ partnerId, userId, since, until }: EventFilter, at: SQL) => sql`
  ${partnerId === undefined ? sql`` : sql`and event.partner_id = ${partnerId}`}
  ${userId === undefined ? sql`` : sql`and event.user_id = ${userId}`}
  ${since === undefined ? sql`` : sql`and ${at} >= ${since.toISOString()}::timestamptz`}
  ${until === undefined ? sql`` : sql`and ${at} < ${until.toISOString()}::timestamptz`}`;

const behind = ({ after, ...page }: TimePage, at: SQL) =>
  after
    ? sql`and (${at}, event.event_id) ${toDirection(page).behind} (${after.at}::timestamptz, ${after.id}::text)`
    : sql``;

function inOrder(page: TimePage, at: SQL, id = sql`event.event_id`) {
  const { order } = toDirection(page);
  return sql`order by ${at} ${order}, ${id} ${order} limit ${page.limit}::integer`;
}

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
  lastAttempt: row.last_attempt,
  laneState: row.lane_state,
  openUntilMs: row.open_until_ms,
});
