import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/**
 * Looks whether the database was restored from a dump or promoted, and if so begins a new timeline:
 * what changes from now on stands behind all that partners have ever read of the log of events.
 *
 * @returns whether it did.
 */
export const keepTimeline = (db: Db): Promise<boolean> => call(db, false);

/**
 * Begins a new timeline because somebody knows that the database went back to an earlier moment:
 * that cannot be seen from inside. May be called at any time; it costs nothing but numbers.
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
