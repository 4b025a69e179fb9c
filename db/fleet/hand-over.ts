import { and, gte, inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { users } from "../users/tables.ts";

/**
 * Returns the current time of the database's clock. The times of logins come from the same clock,
 * so this time can be compared with them.
 */
export async function readDatabaseTime(db: Db): Promise<Date> {
  const { rows } = await db.execute<{ now: string }>(sql`select now()::text as now`);
  return new Date(rows[0]?.now ?? NaN);
}

/**
 * Finds the users, among `userIds`, for whom an instance has logged in to the mail server at the
 * time `since` or later. Returns their ids.
 */
export async function findLoggedInSince(
  db: Db,
  userIds: readonly string[],
  since: Date,
): Promise<string[]> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, [...userIds]), gte(users.lastLoginAt, since)));
  return rows.map(({ id }) => id);
}
