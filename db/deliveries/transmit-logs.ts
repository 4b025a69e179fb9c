import { and, eq, gt, inArray, notInArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { partners } from "../partners/tables.ts";
import { transmitLogs } from "./tables.ts";

export type NewTransmitLog = typeof transmitLogs.$inferInsert;

/**
 * Records attempts. An attempt that is already recorded is changed only if its outcome is `held`:
 * it gets its final outcome.
 */
export async function insertTransmitLogs(tx: Db, rows: readonly NewTransmitLog[]): Promise<void> {
  if (rows.length === 0) return;
  // All rows are passed as one parameter. A thousand parameters would keep this process busy for so
  // long that its deliveries would have to wait.
  await tx.execute(sql`
    insert into transmit_logs as written (event_id, attempt, attempted_at, partner_id, user_id, status, error,
                               duration_ms, answer, outcome, next_attempt_at, event_at,
                               request, answer_headers)
    select "eventId", attempt, "attemptedAt", "partnerId", "userId", status, error, "durationMs", answer,
           outcome, "nextAttemptAt", "eventAt", request, "answerHeaders"
    from json_to_recordset(${JSON.stringify(rows)}) as log (
      "eventId" text, attempt integer, "attemptedAt" timestamptz, "partnerId" text, "userId" text,
      status integer, error text, "durationMs" integer, answer text, outcome text,
      "nextAttemptAt" timestamptz, "eventAt" timestamptz, request jsonb, "answerHeaders" jsonb)
    on conflict (event_id, attempt, attempted_at) do update
    set outcome = excluded.outcome, next_attempt_at = excluded.next_attempt_at
    where written.outcome = 'held' and excluded.outcome <> 'held'`);
}

/** Locks these partners until the transaction ends. Returns the ids of those that still exist. */
export async function holdPartners(tx: Db, partnerIds: Iterable<string>): Promise<Set<string>> {
  const rows = await tx
    .select({ id: partners.id })
    .from(partners)
    .where(inArray(partners.id, [...new Set(partnerIds)]))
    .for("key share");
  return new Set(rows.map(({ id }) => id));
}

/**
 * Whether the recorded attempts show that an event has ended: it was delivered, became a dead
 * letter, or led to the archiving of its user. During a redelivery, attempts from before the event
 * became a dead letter do not count.
 */
export async function hasEnded(db: Db, eventId: string): Promise<boolean> {
  const last = await db
    .select({ attempt: transmitLogs.attempt })
    .from(transmitLogs)
    .where(
      and(
        eq(transmitLogs.eventId, eventId),
        notInArray(transmitLogs.outcome, ["retry", "held"]),
        // The stream keeps an event for three days. The search covers these days and a margin of
        // two days, so PostgreSQL skips the partitions of all earlier days.
        gt(transmitLogs.attemptedAt, sql`now() - interval '5 days'`),
        sql`not exists (
          select 1 from dead_letters as letter
          where letter.event_id = ${transmitLogs.eventId} and letter.redeliver_requested_at is not null
            and ${transmitLogs.attemptedAt} <= letter.died_at)`,
      ),
    )
    .limit(1);
  return last.length > 0;
}
