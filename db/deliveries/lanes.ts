import { and, eq, sql, type SQLWrapper } from "drizzle-orm";
import type { Db } from "../client.ts";
import { query, type Ref } from "../query.ts";
import { lanes } from "./tables.ts";
import { partnerVersion } from "../partners/partner-version.ts";
import { partners } from "../partners/tables.ts";

/** A report about a lane (one partner's deliveries) by the instance that owns the lane. */
export type LaneReport = Pick<
  typeof lanes.$inferSelect,
  | "partnerId"
  | "state"
  | "reason"
  | "openUntil"
  | "inFlight"
  | "pending"
  | "retrying"
  | "oldestAt"
  | "lettersFullAt"
  | "oldestInFlightAt"
  | "recentAttempts"
  | "recentFailures"
  | "answerP50Ms"
  | "answerP99Ms"
>;

/**
 * Stores the reports of this instance about its lanes. Reports about removed partners are skipped.
 */
export async function reportLanes(
  db: Db,
  instanceId: string,
  reports: readonly LaneReport[],
): Promise<void> {
  if (reports.length === 0) return;
  const rows = reports.map((report) => ({
    partner_id: report.partnerId,
    state: report.state,
    reason: report.reason,
    open_until: report.openUntil,
    in_flight: report.inFlight,
    pending: report.pending,
    retrying: report.retrying,
    oldest_at: report.oldestAt,
    letters_full_at: report.lettersFullAt,
    oldest_in_flight_at: report.oldestInFlightAt,
    recent_attempts: report.recentAttempts,
    recent_failures: report.recentFailures,
    answer_p50_ms: report.answerP50Ms,
    answer_p99_ms: report.answerP99Ms,
  }));
  // Rows are always written in the order of ids, so that two instances cannot deadlock.
  await db.execute(sql`
    insert into lanes (partner_id, state, reason, open_until, in_flight, pending, retrying, oldest_at,
                       letters_full_at, oldest_in_flight_at, recent_attempts, recent_failures,
                       answer_p50_ms, answer_p99_ms, instance_id, reported_at)
    select partners.id, lane.state, lane.reason, lane.open_until, lane.in_flight, lane.pending,
           lane.retrying, lane.oldest_at, lane.letters_full_at, lane.oldest_in_flight_at,
           lane.recent_attempts, lane.recent_failures, lane.answer_p50_ms, lane.answer_p99_ms,
           ${instanceId}, now()
    from json_to_recordset(${JSON.stringify(rows)}) as lane (
      partner_id text, state text, reason text, open_until timestamptz, in_flight integer,
      pending bigint, retrying bigint, oldest_at timestamptz,
      letters_full_at timestamptz, oldest_in_flight_at timestamptz, recent_attempts integer,
      recent_failures integer, answer_p50_ms integer, answer_p99_ms integer)
    join partners on partners.id = lane.partner_id
    order by partners.id
    on conflict (partner_id) do update set
      state = excluded.state, reason = excluded.reason, open_until = excluded.open_until,
      in_flight = excluded.in_flight, pending = excluded.pending, retrying = excluded.retrying,
      oldest_at = excluded.oldest_at, letters_full_at = excluded.letters_full_at,
      oldest_in_flight_at = excluded.oldest_in_flight_at, recent_attempts = excluded.recent_attempts,
      recent_failures = excluded.recent_failures, answer_p50_ms = excluded.answer_p50_ms,
      answer_p99_ms = excluded.answer_p99_ms, instance_id = excluded.instance_id,
      reported_at = excluded.reported_at`);
}

/** SQL condition: the lane's report is up to date. Lanes are reported every 30 seconds. */
export const isCurrent = sql<boolean>`coalesce(${lanes.reportedAt} > now() - interval '90 seconds', false)`;

/** How many events of the reported lanes are being attempted, and how many wait for what. */
export interface DeliveryCounts {
  inFlight: number;
  /** Events that wait for their first attempt. */
  pending: number;
  retrying: number;
}

/** Adds up the lanes of one partner, or of all. A lane without a recent report does not count. */
export async function sumLanes(db: Db, partnerId: string | undefined): Promise<DeliveryCounts> {
  const sumOf = (column: SQLWrapper) => sql<number>`coalesce(sum(${column}), 0)::float8`;
  const [row] = await db
    .select({
      inFlight: sumOf(lanes.inFlight),
      pending: sumOf(lanes.pending),
      retrying: sumOf(lanes.retrying),
    })
    .from(lanes)
    .where(and(isCurrent, partnerId === undefined ? undefined : eq(lanes.partnerId, partnerId)));
  return row ?? { inFlight: 0, pending: 0, retrying: 0 };
}

/** Reads a partner, including its webhooks, and the state of its lane. */
export const findLane = (db: Db, partner: Ref) =>
  query(
    db
      .select({ partner: partners, lane: lanes, isCurrent, version: partnerVersion })
      .from(partners)
      .leftJoin(lanes, eq(lanes.partnerId, partners.id))
      .where(eq(partners.id, partner)),
    ([found]) => {
      if (!found) throw new Error("Cannot find the partner: it was removed");
      return found;
    },
  );

export type FoundLane = Awaited<ReturnType<typeof findLane>>;
