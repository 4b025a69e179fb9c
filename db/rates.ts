import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/** What happened within one minute of the clock; minutes in which nothing did are left out. */
export interface MinuteCount {
  /** Since the epoch. */
  minute: number;
  mails: number;
  attempts: number;
  /** Attempts that did not succeed. */
  failed: number;
}

/** Of the last hour and the minute that runs: two ranges of the indexes by time. */
export async function countMinutes(db: Db): Promise<MinuteCount[]> {
  const { rows } = await db.execute<{ [Field in keyof MinuteCount]: number }>(sql`
    select (extract(epoch from minute) / 60)::int as minute, sum(mails)::int as mails,
           sum(attempts)::int as attempts, sum(failed)::int as failed
    from (
      select date_bin('1 minute', recorded_at, 'epoch') as minute,
             count(*) as mails, 0 as attempts, 0 as failed
      from mail_logs
      where state in ('queued', 'delivered', 'dead')
        and recorded_at >= date_trunc('minute', now()) - interval '1 hour'
      group by 1
      union all
      select date_bin('1 minute', attempted_at, 'epoch'), 0,
             count(*), count(*) filter (where outcome not in ('delivered', 'archived'))
      from transmit_logs
      where attempted_at >= date_trunc('minute', now()) - interval '1 hour'
      group by 1
    ) as counted
    group by counted.minute order by 1`);
  return rows;
}

/** In milliseconds; null: there was nothing to measure. */
export interface Latency {
  p50: number | null;
  p99: number | null;
}

/** Of mails that were recorded within the last quarter of an hour: from there to their webhook's success. */
export async function measureLatency(db: Db): Promise<Latency> {
  const { rows } = await db.execute<{ p50: number | null; p99: number | null }>(sql`
    with ways as (
      select greatest(
        extract(epoch from attempt.attempted_at - mail.recorded_at) * 1000 + attempt.duration_ms, 0
      ) as way_ms
      from mail_logs as mail
      join transmit_logs as attempt
        on attempt.event_id = mail.event_id and attempt.outcome = 'delivered'
       and attempt.attempted_at > now() - interval '16 minutes'
      where mail.state in ('queued', 'delivered', 'dead')
        and mail.recorded_at > now() - interval '15 minutes'
    )
    select round(percentile_disc(0.5) within group (order by way_ms))::float8 as p50,
           round(percentile_disc(0.99) within group (order by way_ms))::float8 as p99
    from ways`);
  return rows[0] ?? { p50: null, p99: null };
}

/** Of the attempts of the last quarter of an hour: how long endpoints took. */
export async function measureAnswers(db: Db): Promise<Latency> {
  const { rows } = await db.execute<{ p50: number | null; p99: number | null }>(sql`
    select percentile_disc(0.5) within group (order by duration_ms)::float8 as p50,
           percentile_disc(0.99) within group (order by duration_ms)::float8 as p99
    from transmit_logs where attempted_at > now() - interval '15 minutes'`);
  return rows[0] ?? { p50: null, p99: null };
}
