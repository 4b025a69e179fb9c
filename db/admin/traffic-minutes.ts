import { asc, gte, lt, max, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { moment, WAY_MS } from "./recent-latency.ts";
import { trafficMinutes } from "./tables.ts";

export type TrafficMinute = typeof trafficMinutes.$inferSelect;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/**
 * Minutes up to this age are counted again: after a timeout or an outage, attempts are recorded
 * late.
 */
const RECOUNTED_MS = 10 * MINUTE_MS;

/**
 * Counts the traffic of the completed minutes that are not counted yet, for at most the last hour.
 * Counts the newest minutes again (`RECOUNTED_MS`). Deletes the counts of minutes that are more
 * than two days old.
 */
export async function countTraffic(db: Db): Promise<void> {
  await db.delete(trafficMinutes).where(lt(trafficMinutes.minute, sql`now() - interval '2 days'`));
  const [row] = await db
    .select({
      last: max(trafficMinutes.minute),
      running: sql`date_trunc('minute', now())`.mapWith(trafficMinutes.minute),
    })
    .from(trafficMinutes);
  if (!row) return;
  const from = Math.min(
    firstUncounted(row.last, row.running.getTime()),
    row.running.getTime() - RECOUNTED_MS,
  );
  await db.execute(sql`
    insert into traffic_minutes (minute, mails, attempts, failed, way_p50_ms, way_p99_ms)
    ${countedMinutes(new Date(from), row.running)}
    on conflict (minute) do update set
      mails = excluded.mails, attempts = excluded.attempts, failed = excluded.failed,
      way_p50_ms = excluded.way_p50_ms, way_p99_ms = excluded.way_p99_ms`);
}

/**
 * Returns the counts of the last 60 minutes, including the current minute, oldest first. Minutes
 * that the fleet has not counted yet are counted now.
 */
export async function readTraffic(db: Db, nowMs: number): Promise<TrafficMinute[]> {
  const runningMs = nowMs - (nowMs % MINUTE_MS);
  const counted = await db
    .select()
    .from(trafficMinutes)
    .where(gte(trafficMinutes.minute, new Date(runningMs - HOUR_MS + MINUTE_MS)))
    .orderBy(asc(trafficMinutes.minute));
  const from = firstUncounted(counted.at(-1)?.minute ?? null, runningMs);
  const { rows } = await db.execute<Omit<TrafficMinute, "minute"> & { minuteMs: number }>(sql`
    select extract(epoch from minute)::float8 * 1000 as "minuteMs", mails, attempts, failed,
           way_p50_ms as "wayP50Ms", way_p99_ms as "wayP99Ms"
    from (${countedMinutes(new Date(from), new Date(runningMs + MINUTE_MS))}) as counted order by minute`);
  const fresh = rows.map(({ minuteMs, ...minute }) => ({ minute: new Date(minuteMs), ...minute }));
  return [...counted, ...fresh];
}

const firstUncounted = (last: Date | null, runningMs: number) =>
  Math.max((last?.getTime() ?? 0) + MINUTE_MS, runningMs - HOUR_MS + MINUTE_MS);

/** Returns SQL for the counts of each minute from `from` up to, but not including, `to`. */
function countedMinutes(from: Date, to: Date): SQL {
  const [start, end] = [moment(from.getTime()), moment(to.getTime())];
  return sql`
    select minute, coalesce(mails, 0)::int as mails, coalesce(attempts, 0)::int as attempts,
           coalesce(failed, 0)::int as failed, way_p50_ms, way_p99_ms
    from generate_series(${start}, ${end} - interval '1 minute', '1 minute') as minute
    left join (
      select date_bin('1 minute', recorded_at, 'epoch') as minute, count(*) as mails
      from mail_logs
      where state in ('queued', 'delivered', 'dead')
        and recorded_at >= ${start} and recorded_at < ${end}
      group by 1
    ) as recorded using (minute)
    left join (
      select date_bin('1 minute', attempted_at, 'epoch') as minute, count(*) as attempts,
             count(*) filter (where outcome not in ('delivered', 'archived')) as failed,
             (percentile_disc(0.5) within group (order by ${WAY_MS}))::int as way_p50_ms,
             (percentile_disc(0.99) within group (order by ${WAY_MS}))::int as way_p99_ms
      from transmit_logs where attempted_at >= ${start} and attempted_at < ${end}
      group by 1
    ) as attempted using (minute)`;
}
