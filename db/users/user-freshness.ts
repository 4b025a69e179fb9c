import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { userFreshness, users } from "./tables.ts";

/**
 * SQL: the time when a user's mail server last sent anything. Instances of earlier versions write
 * this time into `users`, so the later of both times counts.
 */
export const LAST_HEARD_AT = sql`greatest(${users.lastHeardAt},
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
 * SQL: stores that a mail of each of these users was published now. Also stores the current time as
 * the time when the user's mail server last sent anything.
 * @param userIds A query with a column `user_id`.
 */
export const setLastEmail = (userIds: SQL) => sql`
  insert into user_freshness as fresh (user_id, last_heard_at, last_email_at)
  select distinct user_id, now(), now() from (${userIds}) as published order by user_id
  on conflict (user_id) do update
    set last_heard_at = greatest(fresh.last_heard_at, excluded.last_heard_at), last_email_at = now()`;

/** Stores, in one statement, when the mail servers of these users last sent anything. */
export async function setLastHeard(db: Db, heardAt: ReadonlyMap<string, Date>): Promise<void> {
  if (heardAt.size === 0) return;
  const rows = [...heardAt].map(([id, at]) => ({ id, at: at.toISOString() }));
  // Skips users that were removed meanwhile. The rows are sorted by id, so that two instances
  // cannot deadlock.
  await db.execute(sql`
    insert into ${userFreshness} as fresh (user_id, last_heard_at)
    select heard.id, heard.at
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as heard (id text, at timestamptz)
    where exists (select 1 from users where users.id = heard.id)
    order by heard.id
    on conflict (user_id) do update
      set last_heard_at = greatest(fresh.last_heard_at, excluded.last_heard_at)`);
}
