import { type SQL, sql } from "drizzle-orm";
import type { Db } from "./client.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** As a value and no expression of `now()`: the planner then leaves the partitions of other days alone, which takes it longest. */
export const moment = (timeMs: number): SQL => sql`${new Date(timeMs).toISOString()}::timestamptz`;

/**
 * When the mail of a row `attempt` of that time was recorded, if within a day before it. Its limit
 * makes it one look into the primary key for each attempt. An attempt may be begun before the record
 * commits, by a clock that is behind.
 */
export const recordOf = (fromMs: number, toMs: number): SQL => sql`
  select recorded_at from mail_logs
  where mail_logs.event_id = attempt.event_id
    and mail_logs.recorded_at > ${moment(fromMs - DAY_MS)}
    and mail_logs.recorded_at < ${moment(toMs + MINUTE_MS)}
  limit 1`;

/** From a mail's record to the end of its attempt, in milliseconds. */
export const WAY_MS = sql`greatest(
  extract(epoch from attempt.attempted_at - mail.recorded_at) * 1000 + attempt.duration_ms, 0)`;

/** In milliseconds; null: there was nothing to measure. */
export interface Latency {
  p50: number | null;
  p99: number | null;
}

/** More would tell nothing else, and take longer. */
const MEASURED = 2_000;

/** Of the newest attempts of the last quarter of an hour: a mail's way to its webhook's success, and how long endpoints took. */
export async function measureRecent(
  db: Db,
  nowMs: number,
): Promise<{ way: Latency; answer: Latency }> {
  const fromMs = nowMs - 15 * MINUTE_MS;
  const { rows } = await db.execute<
    Record<"way50" | "way99" | "answer50" | "answer99", number | null>
  >(sql`
    with attempt as materialized (
      select event_id, attempted_at, duration_ms, outcome from transmit_logs
      where attempted_at > ${moment(fromMs)} and attempted_at < ${moment(nowMs + MINUTE_MS)}
      order by attempted_at desc limit ${MEASURED}
    ), ways as (
      select ${WAY_MS} as way_ms from attempt cross join lateral (${recordOf(fromMs, nowMs)}) as mail
      where attempt.outcome = 'delivered'
    )
    select (select round(percentile_disc(0.5) within group (order by way_ms))::float8 from ways) as way50,
           (select round(percentile_disc(0.99) within group (order by way_ms))::float8 from ways) as way99,
           percentile_disc(0.5) within group (order by duration_ms)::float8 as answer50,
           percentile_disc(0.99) within group (order by duration_ms)::float8 as answer99
    from attempt`);
  const { way50 = null, way99 = null, answer50 = null, answer99 = null } = rows[0] ?? {};
  return { way: { p50: way50, p99: way99 }, answer: { p50: answer50, p99: answer99 } };
}
