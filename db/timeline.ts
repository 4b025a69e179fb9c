import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/**
 * Checks whether the database was restored from a dump, or is a replica that became the primary. If
 * so, begins a new timeline: the positions of new changes are above all positions that partners
 * have read from the log of events.
 *
 * @returns Whether a new timeline began.
 */
export const keepTimeline = (db: Db): Promise<boolean> => call(db, false);

/**
 * Begins a new timeline. Used when an operator knows that the database went back to an earlier
 * moment, but `keepTimeline()` cannot detect this. Safe to call at any time: a new timeline only
 * skips positions.
 */
export async function beginTimeline(db: Db): Promise<void> {
  await call(db, true);
}

async function call(db: Db, isRestored: boolean): Promise<boolean> {
  const { rows } = await db.execute<{ began: boolean }>(
    sql`select keep_timeline(${isRestored}) as began`,
  );
  return rows[0]?.began ?? false;
}
