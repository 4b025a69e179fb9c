import { type SQL, sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
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

/** How many users a search considers. */
const MAX_USERS = 50;
/** How many mails a search for the beginning of a Message-ID considers. */
const MAX_MAILS = 10_000;

/**
 * Returns queries of events that match. Each reads the first events of the page with an index of its
 * own, and their results must be merged.
 */
export const toBranches = (filter: EventFilter, page: TimePage): SQL[] => [
  ...(filter.kind === undefined || filter.kind === "new_mail" ? toMailBranches(filter, page) : []),
  ...(filter.kind === "new_mail" ? [] : toOtherBranches(filter, page)),
];

/** The states of the index mail_logs_by_time, which one branch reads. */
const USUAL: readonly ListedState[] = ["queued", "delivered", "dead"];
const UNUSUAL: readonly ListedState[] = ["skipped", "parked", "lost"];

/** Returns queries of mails. */
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
