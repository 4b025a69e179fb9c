import { inArray } from "drizzle-orm";
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
