import { and, eq, inArray, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Db } from "../client.ts";
import { adminSessions, auditLog } from "../admin/tables.ts";
import { deadLetters } from "../deliveries/tables.ts";
import { idempotencyKeys } from "../partners/tables.ts";
import { purges, removedUsers } from "./tables.ts";
import { sweeps, userEvents } from "../mail/tables.ts";
import { tracerLogs } from "../tracers/tables.ts";
import { userStateChanges } from "../users/tables.ts";

interface AgedTable {
  table: PgTable;
  key: PgColumn;
  /** The time from which a row's age is counted; a row without this time is kept. */
  at: PgColumn;
  /** Only rows that meet this condition are deleted. */
  where?: SQL | undefined;
}

/**
 * Tables whose rows are deleted by age. They are not partitioned, because they have too few rows or
 * keep some rows longer than others.
 */
export const AGED_TABLES = {
  tracer_logs: { table: tracerLogs, key: tracerLogs.uid, at: tracerLogs.sentAt },
  audit_log: { table: auditLog, key: auditLog.id, at: auditLog.at },
  user_state_changes: {
    table: userStateChanges,
    key: userStateChanges.id,
    at: userStateChanges.changedAt,
  },
  user_events: { table: userEvents, key: userEvents.eventId, at: userEvents.createdAt },
  dead_letters: {
    table: deadLetters,
    key: deadLetters.eventId,
    at: deadLetters.diedAt,
    // A letter is kept while its deletion is requested, while its obsolete messages are not yet
    // deleted from DEAD, and while its redelivery is in progress.
    where: and(
      isNull(deadLetters.deleteRequestedAt),
      eq(deadLetters.obsoleteSeqs, []),
      or(isNull(deadLetters.redeliverRequestedAt), isNotNull(deadLetters.redeliveredAt)),
    ),
  },
  sweeps: { table: sweeps, key: sweeps.id, at: sweeps.finishedAt },
  purges: { table: purges, key: purges.id, at: purges.finishedAt },
  idempotency_keys: {
    table: idempotencyKeys,
    key: idempotencyKeys.id,
    at: idempotencyKeys.claimedAt,
  },
  removed_users: { table: removedUsers, key: removedUsers.userId, at: removedUsers.removedAt },
  admin_sessions: { table: adminSessions, key: adminSessions.id, at: adminSessions.createdAt },
} satisfies Record<string, AgedTable>;

export type AgedTableName = keyof typeof AGED_TABLES;

/**
 * Deletes up to `limit` rows older than `days`, oldest first.
 * @returns How many were deleted.
 */
export async function deleteAgedRows(
  db: Db,
  name: AgedTableName,
  { days, limit }: { days: number; limit: number },
): Promise<number> {
  const { table, key, at, where }: AgedTable = AGED_TABLES[name];
  const aged = db
    .select({ key })
    .from(table)
    .where(and(lt(at, sql`now() - ${days}::float8 * interval '1 day'`), where))
    .orderBy(at)
    .limit(limit);
  const { rowCount } = await db.delete(table).where(inArray(key, aged));
  return rowCount ?? 0;
}
