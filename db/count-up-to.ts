import { sql, type SQLWrapper } from "drizzle-orm";
import type { Db } from "./client.ts";

/**
 * How many rows are counted at most. PostgreSQL reads each row that it counts: 1,000 rows take a
 * few ms, 100,000 rows far longer than the page of the list itself.
 */
export const MAX_COUNTED = 1_000;

export interface BoundedCount {
  count: number;
  /** Whether there are more rows than `count`. */
  is_more: boolean;
}

/** Counts the rows of a query, up to `MAX_COUNTED`. */
export async function countUpTo(db: Db, rows: SQLWrapper): Promise<BoundedCount> {
  const { rows: found } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (${rows} limit ${MAX_COUNTED + 1}) as counted`,
  );
  const count = found[0]?.count ?? 0;
  return { count: Math.min(count, MAX_COUNTED), is_more: count > MAX_COUNTED };
}
