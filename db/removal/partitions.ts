import { sql } from "drizzle-orm";
import { type Db, findSqlState } from "../client.ts";

/** Tables partitioned by day (UTC) of recorded_at or attempted_at. */
export const PARTITIONED = ["mail_logs", "transmit_logs"] as const;

/** One table's rows of one day. */
export interface DayPartition {
  table: (typeof PARTITIONED)[number];
  /** For example `mail_logs_20261123`. */
  name: string;
  /** The end of the day (exclusive). */
  end: Date;
}

const DAY_MS = 86_400_000;
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Creates the missing partitions of mail_logs and transmit_logs, for the last four days, today and
 * the next `daysAhead` days. When other sessions hold the needed locks for half a second, the
 * remaining partitions are left for the next call. `listDayPartitions()` shows which partitions
 * exist.
 */
export async function ensureDayPartitions(db: Db, daysAhead: number): Promise<void> {
  await db.execute(sql`select ensure_day_partitions(${daysAhead})`);
}

/** Lists the existing day partitions, oldest first. */
export async function listDayPartitions(db: Db): Promise<DayPartition[]> {
  const { rows } = await db.execute<{ parent: string; name: string; day: string }>(sql`
    select parent.relname as parent, part.relname as name, right(part.relname, 8)::date::text as day
    from pg_inherits
    join pg_class part on part.oid = inhrelid
    join pg_class parent on parent.oid = inhparent
    where part.relname ~ ${`^(${PARTITIONED.join("|")})_\\d{8}$`}
    order by day, name`);
  return rows.flatMap(({ parent, name, day }) => {
    const table = PARTITIONED.find((candidate) => candidate === parent);
    return table ? [{ table, name, end: new Date(Date.parse(day) + DAY_MS) }] : [];
  });
}

/**
 * Drops a partition with all its rows. Mails that are still parked move to today's partition.
 *
 * @returns false when other sessions locked the tables for half a second. We do not wait longer,
 * because all later statements on these tables are blocked while we wait for our exclusive lock. A
 * deadlock also ends sooner in this way: PostgreSQL checks for deadlocks only after a second.
 */
export async function dropDayPartition(db: Db, { table, name }: DayPartition): Promise<boolean> {
  try {
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local lock_timeout = '500ms'`);
      if (table === "mail_logs") {
        await tx.execute(sql`
          update mail_logs set recorded_at = now()
          where tableoid = ${name}::regclass and state = 'parked'
            and event_id in (select event_id from parked_mails)`);
      }
      await tx.execute(sql`drop table ${sql.identifier(name)}`);
    });
    return true;
  } catch (error) {
    if (findSqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    return false;
  }
}
