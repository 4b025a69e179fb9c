import { and, asc, eq, gt, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { leaseEnd, type Purge } from "./purges.ts";
import { purgedUsers, purges } from "./tables.ts";
import { users } from "../users/tables.ts";

/** What the next step of a purge must do with the users of the removed connection. */
export interface PurgeStanding {
  /** Users for `retireUsers()`: they are not archived yet or still have credentials. */
  toRetire: readonly string[];
  /** Users whose data can be deleted: they are archived, and their sessions have ended by now. */
  toClear: readonly string[];
  /** Whether no user is left. */
  isEmpty: boolean;
}

export async function readPurgeStanding(
  db: Db,
  connectionId: string,
  limits: { retire: number; clear: number; releaseMs: number },
): Promise<PurgeStanding> {
  const { rows } = await db.execute<{ retire: string[]; clear: string[]; is_empty: boolean }>(sql`
    with going as (
      select id, archived_at,
             archived_at is null or coalesce(login_username, sealed_login_password, sealed_refresh_token,
               sealed_previous_refresh_token, sealed_oauth1_token) is not null as is_active
      from users where connection_id = ${connectionId}
    )
    select
      array(select id from going where is_active order by id limit ${limits.retire}) as retire,
      array(select id from going
            where not is_active
              and archived_at <= now() - ${limits.releaseMs}::bigint * interval '1 millisecond'
            order by id limit ${limits.clear}) as clear,
      not exists (select 1 from going) as is_empty`);
  const [row] = rows;
  if (!row) throw new Error("Cannot read a purge's users: the database returned no rows");
  return { toRetire: row.retire, toClear: row.clear, isEmpty: row.is_empty };
}

/**
 * Deletes up to `limit` rows of these users from each of the largest tables. In the same statement,
 * adds the numbers of deleted mails, attempts and dead letters to the purge's row in `purges`.
 *
 * @returns false when there were no rows to delete.
 */
export async function deleteUserRows(
  db: Db,
  purgeId: string,
  userIds: readonly string[],
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<boolean> {
  const ids = sql`(select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))`;
  const { rows } = await db.execute<{ deleted: number }>(sql`
    with
    mails as (
      delete from mail_logs where (event_id, recorded_at) in (
        select event_id, recorded_at from mail_logs where user_id in ${ids} limit ${limit})
      returning 1),
    forgotten as (
      delete from seen where event_id in (
        select event_id from seen where user_id in ${ids} limit ${limit})
      returning 1),
    attempts as (
      delete from transmit_logs where (event_id, attempt, attempted_at) in (
        select event_id, attempt, attempted_at from transmit_logs where user_id in ${ids} limit ${limit})
      returning 1),
    letters as (
      delete from dead_letters where event_id in (
        select event_id from dead_letters where user_id in ${ids} limit ${limit})
      returning 1),
    events as (
      delete from outbox where id in (
        select id from outbox where kind = 'event' and payload ->> 'user_id' in ${ids} limit ${limit})
      returning 1),
    links as (delete from spent_links where user_id in ${ids}),
    counted as (
      update purges
      set mails = mails + (select count(*) from mails),
          attempts = attempts + (select count(*) from attempts),
          dead_letters = dead_letters + (select count(*) from letters),
          leased_until = ${leaseEnd(leaseMs)}
      where id = ${purgeId})
    select ((select count(*) from mails) + (select count(*) from forgotten)
      + (select count(*) from attempts) + (select count(*) from letters)
      + (select count(*) from events))::int as deleted`);
  return (rows[0]?.deleted ?? 0) > 0;
}

export async function countMessages(db: Db, purgeId: string, messages: number): Promise<void> {
  await db
    .update(purges)
    .set({ messages: sql`${purges.messages} + ${messages}::int` })
    .where(eq(purges.id, purgeId));
}

/** Deletes users with all their remaining rows, and writes an audit row for each user. */
export async function deleteUsers(
  db: Db,
  purge: Pick<Purge, "id" | "partnerId">,
  userIds: readonly string[],
): Promise<void> {
  await db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(sql`
      delete from ${users}
      where id in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)) returning id`);
    if (rows.length === 0) return;
    await tx
      .insert(purgedUsers)
      .values(rows.map(({ id }) => ({ purgeId: purge.id, userId: id })))
      .onConflictDoNothing();
    await tx
      .update(purges)
      .set({
        done: sql`${purges.done} + ${rows.length}::int`,
        total: sql`greatest(${purges.total}, ${purges.done} + ${rows.length}::int)`,
      })
      .where(eq(purges.id, purge.id));
    for (const { id } of rows) {
      await recordAudit(tx, {
        actor: "fleet",
        action: "user.purged",
        subjectType: "user",
        subjectId: id,
        details: { purge_id: purge.id, partner_id: purge.partnerId },
      });
    }
  });
}

/**
 * Reads ids of users that the purge has deleted, sorted. Only ids greater than `after` are read.
 */
export async function readPurgedUsers(
  db: Db,
  purgeId: string,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: purgedUsers.userId })
    .from(purgedUsers)
    .where(and(eq(purgedUsers.purgeId, purgeId), gt(purgedUsers.userId, after)))
    .orderBy(asc(purgedUsers.userId))
    .limit(limit);
  return rows.map(({ id }) => id);
}
