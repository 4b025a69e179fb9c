import { and, eq, lt, max, or, type SQL, sql } from "drizzle-orm";
import { LAST_LATENCY_BUCKET, LATENCY_GROWTH } from "../../shared/latency-histogram.ts";
import { moment, WAY_MS } from "../admin/recent-latency.ts";
import type { Db } from "../client.ts";
import { ALL, type TrafficStep, trafficPoints } from "./tables.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** After a timeout or an outage, attempts are recorded late, so these minutes are counted again. */
const RECOUNTED_MS = 10 * MINUTE_MS;
/** How far the fleet catches up after an outage. */
const MAX_UNCOUNTED_MS = HOUR_MS;
/** Hours and days are added up in each minute that this number divides. */
const SUMMED_EVERY_MINUTES = 5;

/** How long the rows of each step are kept. */
const KEPT: Readonly<Record<TrafficStep, SQL>> = {
  minute: sql`interval '3 hours'`,
  quarter: sql`interval '3 days'`,
  hour: sql`interval '31 days'`,
  day: sql`interval '31 days'`,
};

/**
 * SQL: the bucket of the latency of a row of transmit_logs, as in shared/latency-histogram.ts. Null
 * unless the attempt delivered a new mail.
 */
export const LATENCY_BUCKET = sql`least(
  floor(ln(greatest(${WAY_MS}, 1)) / ln(${sql.raw(String(LATENCY_GROWTH))})),
  ${sql.raw(String(LAST_LATENCY_BUCKET))})::int`;

/** SQL: the attempt of a row of transmit_logs did not succeed. */
export const IS_FAILED = sql`outcome not in ('delivered', 'archived')`;

/** SQL: a row of mail_logs is a mail that is sent to the partner. */
export const IS_SENT_MAIL = sql`state in ('queued', 'delivered', 'dead')`;

/**
 * Counts the completed minutes that are not counted yet, for at most the last hour, and adds them
 * up to longer steps. Counts the newest minutes again. Deletes old rows.
 * @param nowMs The current time, in milliseconds since the Unix epoch.
 */
export async function countTrafficPoints(db: Db, nowMs: number): Promise<void> {
  const endMs = nowMs - (nowMs % MINUTE_MS);
  const [row] = await db
    .select({ last: max(trafficPoints.start) })
    .from(trafficPoints)
    .where(and(eq(trafficPoints.step, "minute"), eq(trafficPoints.partnerId, ALL)));
  const lastMs = row?.last?.getTime() ?? 0;
  const fromMs = Math.max(Math.min(lastMs, endMs - RECOUNTED_MS), endMs - MAX_UNCOUNTED_MS);
  await countMinutes(db, fromMs, endMs);
  await writeBacklogs(db, endMs - MINUTE_MS);
  await addUp(db, { from: "minute", to: "quarter", period: sql`interval '15 minutes'`, fromMs });
  if ((endMs / MINUTE_MS) % SUMMED_EVERY_MINUTES !== 0) return;
  await addUp(db, { from: "quarter", to: "hour", period: sql`interval '1 hour'`, fromMs });
  await addUp(db, { from: "hour", to: "day", period: sql`interval '1 day'`, fromMs });
  await deleteOld(db);
}

async function countMinutes(db: Db, fromMs: number, endMs: number): Promise<void> {
  const [from, end] = [moment(fromMs), moment(endMs)];
  await db.execute(sql`
    insert into traffic_points
      (step, start, partner_id, provider_id, mails, attempts, failed, latency)
    with logged as (
      select recorded_at as at, partner_id, user_id,
             1 as mails, 0 as attempts, 0 as failed, null::int as bucket
      from mail_logs where ${IS_SENT_MAIL} and recorded_at >= ${from} and recorded_at < ${end}
      union all
      select attempted_at, partner_id, user_id, 0, 1, (${IS_FAILED})::int, ${LATENCY_BUCKET}
      from transmit_logs where attempted_at >= ${from} and attempted_at < ${end}
    ), placed as (
      select date_bin('1 minute', at, 'epoch') as start, logged.partner_id,
             coalesce(provider_id, 'unknown') as provider_id, mails, attempts, failed, bucket
      from logged
      left join users on users.id = user_id
      left join partner_connections on partner_connections.id = connection_id
    ), summed as (
      select start, coalesce(partner_id, ${ALL}) as partner_id,
             coalesce(provider_id, ${ALL}) as provider_id, bucket, count(*) as durations,
             sum(mails) as mails, sum(attempts) as attempts, sum(failed) as failed
      from placed
      group by grouping sets ((start, partner_id, provider_id, bucket),
        (start, partner_id, bucket), (start, provider_id, bucket), (start, bucket))
    )
    select 'minute', start, partner_id, provider_id, sum(mails), sum(attempts), sum(failed),
           coalesce(jsonb_object_agg(bucket, durations) filter (where bucket is not null), '{}')
    from summed group by start, partner_id, provider_id
    on conflict (partner_id, provider_id, step, start) do update set
      mails = excluded.mails, attempts = excluded.attempts, failed = excluded.failed,
      latency = excluded.latency`);
}

/** Writes how many events each lane has not delivered, to the minute that ended last. */
async function writeBacklogs(db: Db, minuteMs: number): Promise<void> {
  await db.execute(sql`
    insert into traffic_points (step, start, partner_id, provider_id, backlog, oldest_s)
    select 'minute', ${moment(minuteMs)}, coalesce(partner_id, ${ALL}), ${ALL},
           sum(pending + retrying + in_flight),
           coalesce(greatest(extract(epoch from now() - min(oldest_at)), 0), 0)::int
    from lanes where pending + retrying + in_flight > 0
    group by grouping sets ((partner_id), ())
    having count(*) > 0
    on conflict (partner_id, provider_id, step, start) do update set
      backlog = greatest(traffic_points.backlog, excluded.backlog),
      oldest_s = greatest(traffic_points.oldest_s, excluded.oldest_s)`);
}

interface Sum {
  from: TrafficStep;
  to: TrafficStep;
  /** SQL: the length of the longer step. */
  period: SQL;
  /** The periods that contain this time and all later ones are added up. */
  fromMs: number;
}

/** Writes the sums of shorter steps to the rows of a longer step. */
async function addUp(db: Db, { from, to, period, fromMs }: Sum): Promise<void> {
  await db.execute(sql`
    insert into traffic_points (step, start, partner_id, provider_id,
      mails, attempts, failed, latency, backlog, oldest_s)
    with part as (
      select date_bin(${period}, start, 'epoch') as bin, traffic_points.* from traffic_points
      where step = ${from} and start >= date_bin(${period}, ${moment(fromMs)}, 'epoch')
    ), durations as (
      select bin, partner_id, provider_id, key, sum(value::int) as counted
      from part, jsonb_each_text(latency) group by bin, partner_id, provider_id, key
    ), histograms as (
      select bin, partner_id, provider_id, jsonb_object_agg(key, counted) as latency
      from durations group by bin, partner_id, provider_id
    ), sums as (
      select bin, partner_id, provider_id, sum(mails) as mails, sum(attempts) as attempts,
             sum(failed) as failed, max(backlog) as backlog, max(oldest_s) as oldest_s
      from part group by bin, partner_id, provider_id
    )
    select ${to}, bin, partner_id, provider_id, mails, attempts, failed,
           coalesce(latency, '{}'), backlog, oldest_s
    from sums left join histograms using (bin, partner_id, provider_id)
    on conflict (partner_id, provider_id, step, start) do update set
      mails = excluded.mails, attempts = excluded.attempts, failed = excluded.failed,
      latency = excluded.latency, backlog = excluded.backlog, oldest_s = excluded.oldest_s`);
}

async function deleteOld(db: Db): Promise<void> {
  const isOld = (step: TrafficStep) =>
    and(eq(trafficPoints.step, step), lt(trafficPoints.start, sql`now() - ${KEPT[step]}`));
  await db
    .delete(trafficPoints)
    .where(or(isOld("minute"), isOld("quarter"), isOld("hour"), isOld("day")));
}
