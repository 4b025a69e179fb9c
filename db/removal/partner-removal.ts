import { and, eq, isNotNull, isNull, notExists, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { enqueuePartnerChanged } from "../mail/outbox.ts";
import { startConnectionRemoval } from "./removals.ts";
import { apiKeys, partnerConnections, partners } from "../partners/tables.ts";
import { purges } from "./tables.ts";

/**
 * Removes a partner. Its keys are revoked and its deliveries stop immediately. Its connections are
 * purged, and its row is deleted after the last purge. If a connection is added before the row is
 * deleted, call this function again to remove the connection.
 *
 * @returns false when there was nothing to purge: the partner is already deleted.
 */
export async function removePartner(tx: Db, partnerId: string): Promise<boolean> {
  await tx
    .update(partners)
    .set({
      removedAt: sql`coalesce(${partners.removedAt}, now())`,
      pausedAt: sql`coalesce(${partners.pausedAt}, now())`,
      pausedReason: sql`coalesce(${partners.pausedReason}, 'admin')`,
    })
    .where(eq(partners.id, partnerId));
  await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.partnerId, partnerId), isNull(apiKeys.revokedAt)));
  const living = await tx
    .select({ id: partnerConnections.id })
    .from(partnerConnections)
    .where(and(eq(partnerConnections.partnerId, partnerId), isNull(partnerConnections.removedAt)));
  for (const { id } of living) await startConnectionRemoval(tx, { partnerId, connectionId: id });
  await enqueuePartnerChanged(tx, partnerId);
  return !(await deleteEmptiedPartner(tx, partnerId));
}

/**
 * Deletes a removed partner that has no data left.
 * @returns Whether the partner was deleted.
 */
export async function deleteEmptiedPartner(tx: Db, partnerId: string): Promise<boolean> {
  const isRemoved = and(eq(partners.id, partnerId), isNotNull(partners.removedAt));
  // Two purges may end at the same time. The lock makes the second purge wait until it can see that
  // the first has ended.
  const [removed] = await tx
    .select({ id: partners.id })
    .from(partners)
    .where(isRemoved)
    .for("update");
  if (!removed) return false;
  const connections = tx
    .select({ id: partnerConnections.id })
    .from(partnerConnections)
    .where(eq(partnerConnections.partnerId, partnerId));
  const openPurges = tx
    .select({ id: purges.id })
    .from(purges)
    .where(and(eq(purges.partnerId, partnerId), isNull(purges.finishedAt)));
  const deleted = await tx
    .delete(partners)
    .where(and(isRemoved, notExists(connections), notExists(openPurges)))
    .returning({ id: partners.id });
  return deleted.length > 0;
}

/** SQL condition: the purge began then or later. It has a time in whole milliseconds. */
const isSince = (at: typeof partners.removedAt) =>
  sql`${purges.createdAt} >= date_trunc('milliseconds', ${at})`;

/**
 * Reads the progress of a partner's removal: the users in all its purges, and how many of them are
 * deleted.
 */
export async function readRemoval(
  db: Db,
  partnerId: string,
): Promise<{ total: number; done: number }> {
  const [row] = await db
    .select({
      total: sql<number>`coalesce(sum(${purges.total}), 0)::int`,
      done: sql<number>`coalesce(sum(${purges.done}), 0)::int`,
    })
    .from(purges)
    .innerJoin(partners, eq(partners.id, purges.partnerId))
    .where(and(eq(partners.id, partnerId), isSince(partners.removedAt)));
  return row ?? { total: 0, done: 0 };
}
