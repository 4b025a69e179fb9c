import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/** Makes the day partitions of mail_logs and transmit_logs for the days to come, where they are missing. */
export async function ensureDayPartitions(db: Db, daysAhead: number): Promise<void> {
  await db.execute(sql`select ensure_day_partitions(${daysAhead})`);
}
