import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { userFreshness, users } from "./tables.ts";

/**
 * SQL: the time when a user's mail server last sent anything. Instances of earlier versions write
 * this time into `users`, and imports only the time of the last mail, so the latest time counts.
 */
export const LAST_HEARD_AT = sql`greatest(${users.lastHeardAt}, ${users.lastEmailAt},
  (select fresh.last_heard_at from ${userFreshness} as fresh where fresh.user_id = ${users.id}))`.mapWith(
  users.lastHeardAt,
);

/**
 * SQL: the time when a mail of the user was last published. Imports and instances of earlier
 * versions write this time into `users`, so the later of both times counts.
 */
export const LAST_EMAIL_AT = sql`greatest(${users.lastEmailAt},
  (select fresh.last_email_at from ${userFreshness} as fresh where fresh.user_id = ${users.id}))`.mapWith(
  users.lastEmailAt,
);

/**
 * SQL: for how many seconds it has not been certain that all mail of the user's mailbox was seen.
 * This is the time since the mail server last confirmed that the mailbox holds no mail that is not
 * recorded, or since the user became `watching` if no such time is stored. Null for a user who is
 * not watched.
 */
export const LAG_SECONDS = sql<number | null>`case when ${users.state} = 'watching' then
  greatest(extract(epoch from now() - coalesce(
    (select fresh.caught_up_at from ${userFreshness} as fresh where fresh.user_id = ${users.id}),
    ${users.stateChangedAt})), 0)::integer end`;

/**
 * SQL: stores that a mail of each of these users was published now. Also stores the current time as
 * the time when the user's mail server last sent anything.
 * @param userIds A query with a column `user_id`.
 */
export const setLastEmail = (userIds: SQL) => sql`
  insert into user_freshness as fresh (user_id, last_heard_at, last_email_at)
  select distinct user_id, now(), now() from (${userIds}) as published order by user_id
  on conflict (user_id) do update
    set last_heard_at = greatest(fresh.last_heard_at, excluded.last_heard_at), last_email_at = now()`;

/** Times by user id. Each user in `caughtUpAt` must be in `heardAt`, too. */
export interface FreshnessTimes {
  /** When the user's mail server last sent anything. */
  heardAt: ReadonlyMap<string, Date>;
  /** A time at which the server had no mail that is not recorded now. */
  caughtUpAt: ReadonlyMap<string, Date>;
}

/**
 * How many users one statement updates. A statement locks the rows of its users, and a mail of such
 * a user is recorded only after it: 500 users take about 12 ms.
 */
const USERS_PER_STATEMENT = 500;

/** Stores the times of these users. A time never replaces a later one. */
export async function storeFreshness(
  db: Db,
  { heardAt, caughtUpAt }: FreshnessTimes,
): Promise<void> {
  const rows = [...heardAt].map(([id, at]) => ({ id, at, caught_up_at: caughtUpAt.get(id) }));
  for (let from = 0; from < rows.length; from += USERS_PER_STATEMENT)
    await storeRows(db, rows.slice(from, from + USERS_PER_STATEMENT));
}

async function storeRows(
  db: Db,
  rows: readonly { id: string; at: Date; caught_up_at: Date | undefined }[],
): Promise<void> {
  // Skips users that were removed meanwhile. The rows are sorted by id, so that two instances
  // cannot deadlock.
  await db.execute(sql`
    insert into ${userFreshness} as fresh (user_id, last_heard_at, caught_up_at)
    select heard.id, heard.at, heard.caught_up_at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as heard (id text, at timestamptz, caught_up_at timestamptz)
    where exists (select 1 from users where users.id = heard.id)
    order by heard.id
    on conflict (user_id) do update
      set last_heard_at = greatest(fresh.last_heard_at, excluded.last_heard_at),
        caught_up_at = greatest(fresh.caught_up_at, excluded.caught_up_at)`);
}
