import { and, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { tracerLogs } from "./tables.ts";

/**
 * Records a tracer. Call it before the tracer is sent: the tracer may appear in the mailbox before
 * the SMTP server answers.
 */
export async function insertTracer(
  db: Db,
  tracer: { uid: string; userId: string; sentAt: Date; deliveryTest: boolean },
): Promise<void> {
  await db.insert(tracerLogs).values(tracer);
}

export async function failTracer(
  db: Db,
  { uid, userId, error }: { uid: string; userId: string; error: string },
): Promise<void> {
  await db
    .update(tracerLogs)
    .set({ sendError: error })
    .where(and(eq(tracerLogs.uid, uid), eq(tracerLogs.userId, userId)));
}

/** A tracer that appeared in its mailbox. */
export interface SeenTracer {
  uid: string;
  userId: string;
  eventId: string;
  seenAt: Date;
  /** Null when the tracer is not published. */
  publishedAt: Date | null;
}

export type TracerStage = "seen" | "published" | "answered";

/** The time from sending a tracer to its first arrival at a stage. */
export interface ReachedStage {
  stage: TracerStage;
  seconds: number;
}

/**
 * Records when tracers were seen and published. A tracer that is read twice keeps its first times.
 */
export async function noteTracers(db: Db, tracers: readonly SeenTracer[]): Promise<ReachedStage[]> {
  if (tracers.length === 0) return [];
  const rows = tracers.map(({ uid, userId, eventId, seenAt, publishedAt }) => ({
    uid,
    user_id: userId,
    event_id: eventId,
    seen_at: seenAt.toISOString(),
    published_at: publishedAt?.toISOString() ?? null,
  }));
  const { rows: noted } = await db.execute<Record<"seen" | "published", number | null>>(sql`
    with news as (
      select * from json_to_recordset(${JSON.stringify(rows)}) as news(
        uid text, user_id text, event_id text, seen_at timestamptz, published_at timestamptz)
    ),
    before as (
      select tracer_logs.uid, tracer_logs.seen_at, tracer_logs.published_at
      from tracer_logs join news using (uid, user_id) for update of tracer_logs
    )
    update tracer_logs as tracer
    set seen_at = coalesce(tracer.seen_at, news.seen_at),
        published_at = coalesce(tracer.published_at, news.published_at),
        event_id = coalesce(tracer.event_id, news.event_id)
    from before join news using (uid)
    where tracer.uid = before.uid
    returning case when before.seen_at is null then ${secondsTo("tracer.seen_at")} end as seen,
              case when before.published_at is null then ${secondsTo("tracer.published_at")} end as published`);
  return noted.flatMap(({ seen, published }) => [
    ...(seen === null ? [] : [{ stage: "seen" as const, seconds: seen }]),
    ...(published === null ? [] : [{ stage: "published" as const, seconds: published }]),
  ]);
}

/**
 * Only tracers up to this age may still get an answer: an older unanswered tracer is a dead letter.
 */
const ANSWER_WINDOW = sql.raw("interval '3 days'");

/**
 * Looks in the recorded attempts for the first successful answer to the webhook of each tracer, and
 * stores the time of this answer.
 */
export async function noteAnsweredTracers(db: Db): Promise<ReachedStage[]> {
  const { rows } = await db.execute<{ seconds: number }>(sql`
    update tracer_logs as tracer set answered_at = answer.at
    from (
      select waiting.uid, min(log.attempted_at + log.duration_ms * interval '1 millisecond') as at
      from tracer_logs as waiting join transmit_logs as log on log.event_id = waiting.event_id
      where waiting.delivery_test and waiting.published_at is not null and waiting.answered_at is null
        and waiting.sent_at > now() - ${ANSWER_WINDOW}
        and log.outcome = 'delivered' and log.attempted_at > now() - ${ANSWER_WINDOW}
      group by waiting.uid
    ) as answer
    where tracer.uid = answer.uid and tracer.answered_at is null
    returning ${secondsTo("tracer.answered_at")} as seconds`);
  return rows.map(({ seconds }) => ({ stage: "answered", seconds }));
}

const secondsTo = (column: string) =>
  sql.raw(`extract(epoch from ${column} - tracer.sent_at)::float8`);

/**
 * Returns two ages in seconds: of the oldest tracer that is overdue to be seen, and of the oldest
 * tracer that is overdue to be answered. An age is 0 when no such tracer is overdue. Only tracers
 * of the last day count. Users that are archived, paused or no longer tracer users are ignored.
 */
export async function measureOverdueTracers(
  db: Db,
  limitMs: number,
): Promise<Record<"seen" | "answered", number>> {
  const ageWhere = (condition: string) =>
    sql.raw(
      `coalesce(extract(epoch from now() - min(tracer.sent_at) filter (where ${condition})), 0)::float8`,
    );
  const { rows } = await db.execute<Record<"seen" | "answered", number>>(sql`
    select ${ageWhere("tracer.seen_at is null")} as seen,
           ${ageWhere("tracer.published_at is not null")} as answered
    from tracer_logs as tracer join users on users.id = tracer.user_id
    where tracer.sent_at between now() - interval '1 day' and now() - ${limitMs}::float8 * interval '1 millisecond'
      and ((tracer.seen_at is null and tracer.send_error is null)
        or (tracer.delivery_test and tracer.published_at is not null and tracer.answered_at is null))
      and users.enable_tracer and users.archived_at is null and users.paused_at is null`);
  return rows[0] ?? { seen: 0, answered: 0 };
}
