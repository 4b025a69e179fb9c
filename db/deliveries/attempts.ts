import { desc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { transmitLogs } from "./tables.ts";

const attemptColumns = {
  attempt: transmitLogs.attempt,
  attemptedAt: transmitLogs.attemptedAt,
  durationMs: transmitLogs.durationMs,
  status: transmitLogs.status,
  error: transmitLogs.error,
  answer: transmitLogs.answer,
  outcome: transmitLogs.outcome,
  nextAttemptAt: transmitLogs.nextAttemptAt,
};

/**
 * Lists the attempts of an event, newest first. `number` counts all attempts of the event. `attempt`
 * begins at 1 again when the event is published again.
 */
export function listAttempts(db: Db, eventId: string, limit: number) {
  return db
    .select({
      ...attemptColumns,
      number: sql<number>`(row_number() over (order by ${transmitLogs.attemptedAt}, ${transmitLogs.attempt}))::int`,
      request: transmitLogs.request,
      answerHeaders: transmitLogs.answerHeaders,
    })
    .from(transmitLogs)
    .where(eq(transmitLogs.eventId, eventId))
    .orderBy(desc(transmitLogs.attemptedAt), desc(transmitLogs.attempt))
    .limit(limit);
}

export type EventAttempt = Awaited<ReturnType<typeof listAttempts>>[number];
/** An attempt without its request and the headers of its answer. */
export type Attempt = Omit<EventAttempt, "number" | "request" | "answerHeaders">;
