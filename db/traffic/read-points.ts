import { and, asc, eq, gte, sql } from "drizzle-orm";
import type { LatencyHistogram } from "../../shared/latency-histogram.ts";
import { moment } from "../admin/recent-latency.ts";
import type { Db } from "../client.ts";
import { IS_FAILED, IS_SENT_MAIL, LATENCY_BUCKET } from "./count-points.ts";
import { ALL, type TrafficStep, trafficPoints } from "./tables.ts";

/** What happened in a period. */
export interface TrafficPoint {
  start: Date;
  mails: number;
  attempts: number;
  failed: number;
  latency: LatencyHistogram;
  /** The most events that waited for their delivery. Not known for a user or a provider: 0. */
  backlog: number;
  oldestS: number;
}

/** A partner, a provider, both or, without either, all traffic. */
export interface TrafficOf {
  partnerId?: string | undefined;
  providerId?: string | undefined;
}

/** Reads the periods since a time, oldest first. Periods in which nothing happened are left out. */
export const readTrafficPoints = (
  db: Db,
  { partnerId = ALL, providerId = ALL }: TrafficOf,
  { step, fromMs }: { step: TrafficStep; fromMs: number },
): Promise<TrafficPoint[]> =>
  db
    .select({
      start: trafficPoints.start,
      mails: trafficPoints.mails,
      attempts: trafficPoints.attempts,
      failed: trafficPoints.failed,
      latency: trafficPoints.latency,
      backlog: trafficPoints.backlog,
      oldestS: trafficPoints.oldestS,
    })
    .from(trafficPoints)
    .where(
      and(
        eq(trafficPoints.partnerId, partnerId),
        eq(trafficPoints.providerId, providerId),
        eq(trafficPoints.step, step),
        gte(trafficPoints.start, new Date(fromMs)),
      ),
    )
    .orderBy(asc(trafficPoints.start));

/**
 * Counts the traffic of one user in periods of `periodMs` since a time, oldest first. A user has so
 * few mails that they are counted when somebody asks.
 */
export async function countUserPoints(
  db: Db,
  userId: string,
  { periodMs, fromMs }: { periodMs: number; fromMs: number },
): Promise<TrafficPoint[]> {
  const from = moment(fromMs);
  const { rows } = await db.execute<Omit<TrafficPoint, "start"> & { startMs: number }>(sql`
    with logged as (
      select recorded_at as at, 1 as mails, 0 as attempts, 0 as failed, null::int as bucket
      from mail_logs where user_id = ${userId} and ${IS_SENT_MAIL} and recorded_at >= ${from}
      union all
      select attempted_at, 0, 1, (${IS_FAILED})::int, ${LATENCY_BUCKET}
      from transmit_logs where user_id = ${userId} and attempted_at >= ${from}
    ), summed as (
      select date_bin(${periodMs} * interval '1 ms', at, 'epoch') as start, bucket,
             count(*) as durations, sum(mails) as mails, sum(attempts) as attempts,
             sum(failed) as failed
      from logged group by 1, 2
    )
    select extract(epoch from start)::float8 * 1000 as "startMs", sum(mails)::int as mails,
           sum(attempts)::int as attempts, sum(failed)::int as failed,
           coalesce(jsonb_object_agg(bucket, durations) filter (where bucket is not null), '{}')
             as latency, 0 as backlog, 0 as "oldestS"
    from summed group by start order by start`);
  return rows.map(({ startMs, ...point }) => ({ start: new Date(startMs), ...point }));
}

/** The traffic of a partner or a provider in a period. */
export interface TrafficShare {
  id: string;
  name: string;
  mails: number;
  attempts: number;
  failed: number;
  latency: LatencyHistogram;
}

/** Lists the partners or providers with attempts since a time, the least successful first. */
export async function listTrafficShares(
  db: Db,
  by: "partner" | "provider",
  { step, fromMs, limit }: { step: TrafficStep; fromMs: number; limit: number },
): Promise<TrafficShare[]> {
  const [id, other, names] =
    by === "partner"
      ? [sql`partner_id`, sql`provider_id`, sql`select id, name from partners`]
      : [sql`provider_id`, sql`partner_id`, sql`select id, title as name from imap_providers`];
  const { rows } = await db.execute<TrafficShare & Record<string, unknown>>(sql`
    with part as (
      select ${id} as id, sum(mails)::int as mails, sum(attempts)::int as attempts,
             sum(failed)::int as failed
      from traffic_points
      where step = ${step} and start >= ${moment(fromMs)} and ${other} = ${ALL} and ${id} <> ${ALL}
      group by 1 having sum(attempts) > 0
      order by sum(failed)::float8 / sum(attempts) desc, sum(attempts) desc, 1 limit ${limit}
    )
    select part.*, named.name, coalesce((
      select jsonb_object_agg(key, counted) from (
        select key, sum(value::int) as counted from traffic_points, jsonb_each_text(latency)
        where step = ${step} and start >= ${moment(fromMs)} and ${other} = ${ALL}
          and ${id} = part.id
        group by key) as durations), '{}') as latency
    from part join (${names}) as named on named.id = part.id
    order by failed::float8 / attempts desc, attempts desc, part.id`);
  return rows;
}
