import { and, eq, gt, inArray, ne, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { partners, transmitLogs } from "./schema.ts";

export type NewTransmitLog = typeof transmitLogs.$inferInsert;

/** Records attempts. One that is there already stays as it is. */
export async function insertTransmitLogs(tx: Db, rows: readonly NewTransmitLog[]): Promise<void> {
  if (rows.length > 0)
    await tx
      .insert(transmitLogs)
      .values([...rows])
      .onConflictDoNothing();
}

/** Those of the partners that still exist, kept so until the transaction ends. */
export async function holdPartners(tx: Db, partnerIds: Iterable<string>): Promise<Set<string>> {
  const rows = await tx
    .select({ id: partners.id })
    .from(partners)
    .where(inArray(partners.id, [...new Set(partnerIds)]))
    .for("key share");
  return new Set(rows.map(({ id }) => id));
}

/** Whether an event was delivered, buried or archived its user, as far as it is written yet. */
export async function hasEnded(db: Db, eventId: string): Promise<boolean> {
  const last = await db
    .select({ attempt: transmitLogs.attempt })
    .from(transmitLogs)
    .where(
      and(
        eq(transmitLogs.eventId, eventId),
        ne(transmitLogs.outcome, "retry"),
        // An event lives three days in its stream: older partitions need not be searched.
        gt(transmitLogs.attemptedAt, sql`now() - interval '5 days'`),
      ),
    )
    .limit(1);
  return last.length > 0;
}
