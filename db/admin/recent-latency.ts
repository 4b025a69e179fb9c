import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";

const MINUTE_MS = 60_000;

/**
 * Returns SQL for a time as a constant, not as an expression of `now()`. Because of the constant,
 * Postgres's planner can skip the partitions of other days. This saves most of the planning time.
 */
export const moment = (timeMs: number): SQL => sql`${new Date(timeMs).toISOString()}::timestamptz`;

/**
 * SQL: the time from the event of a new mail to the success of its webhook, in milliseconds. Null
 * unless the row is the successful attempt of a new mail.
 */
export const WAY_MS = sql`case when outcome = 'delivered' and event_at is not null then greatest(
  extract(epoch from attempted_at - event_at) * 1000 + duration_ms, 0) end`;

/** Percentiles in milliseconds; null when there was nothing to measure. */
export interface Latency {
  p50: number | null;
  p99: number | null;
}

/** How many attempts are measured. More attempts would take longer and hardly change the result. */
const MEASURED = 2_000;

/**
 * Measures the newest attempts of the last 15 minutes: the time from a mail's event to its
 * webhook's success, and the response time of the endpoints.
 */
export async function measureRecent(
  db: Db,
  nowMs: number,
): Promise<{ way: Latency; answer: Latency }> {
  const fromMs = nowMs - 15 * MINUTE_MS;
  const { rows } = await db.execute<
    Record<"way50" | "way99" | "answer50" | "answer99", number | null>
  >(sql`
    with attempt as (
      select duration_ms, ${WAY_MS} as way_ms from transmit_logs
      where attempted_at > ${moment(fromMs)} and attempted_at < ${moment(nowMs + MINUTE_MS)}
      order by attempted_at desc limit ${MEASURED}
    )
    select percentile_disc(0.5) within group (order by round(way_ms)::float8) as way50,
           percentile_disc(0.99) within group (order by round(way_ms)::float8) as way99,
           percentile_disc(0.5) within group (order by duration_ms)::float8 as answer50,
           percentile_disc(0.99) within group (order by duration_ms)::float8 as answer99
    from attempt`);
  const { way50 = null, way99 = null, answer50 = null, answer99 = null } = rows[0] ?? {};
  return { way: { p50: way50, p99: way99 }, answer: { p50: answer50, p99: answer99 } };
}
