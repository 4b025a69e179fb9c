import { and, asc, eq, isNull, lte, or, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { firstRow, type Query, type Ref } from "../query.ts";
import { deleteEmptiedPartner } from "./partner-removal.ts";
import { partnerConnections } from "../partners/tables.ts";
import { purgedUsers, purges } from "./tables.ts";
import { users } from "../users/tables.ts";

export type Purge = typeof purges.$inferSelect;

/** Finds a purge. With `partner`, it finds only a purge of that partner. */
export function findPurge(db: Db, id: string, partner?: Ref): Query<Purge | undefined> {
  const isOwn = partner === undefined ? undefined : eq(purges.partnerId, partner);
  return firstRow(
    db
      .select()
      .from(purges)
      .where(and(eq(purges.id, id), isOwn)),
  );
}

export const leaseEnd = (leaseMs: number) =>
  sql`now() + ${leaseMs}::bigint * interval '1 millisecond'`;

/**
 * Claims, for `leaseMs`, a purge that is due and that no other instance works on. The purge that
 * has waited longest comes first.
 */
export async function claimPurge(db: Db, leaseMs: number): Promise<Purge | undefined> {
  const free = db
    .select({ id: purges.id })
    .from(purges)
    .where(
      and(
        isNull(purges.finishedAt),
        or(isNull(purges.leasedUntil), lte(purges.leasedUntil, sql`now()`)),
        or(isNull(purges.settleAt), lte(purges.settleAt, sql`now()`)),
      ),
    )
    .orderBy(sql`${purges.leasedUntil} nulls first`, asc(purges.id))
    .limit(1)
    .for("update", { skipLocked: true });
  const [claimed] = await db
    .update(purges)
    .set({ state: "running", leasedUntil: leaseEnd(leaseMs) })
    .where(eq(purges.id, sql`(${free})`))
    .returning();
  return claimed;
}

/**
 * Changes the lease of a purge: the lease now ends after `leaseMs`. Called to continue, postpone or
 * release the purge.
 */
export async function leasePurge(db: Db, id: string, leaseMs: number): Promise<void> {
  await db
    .update(purges)
    .set({ leasedUntil: leaseEnd(leaseMs) })
    .where(eq(purges.id, id));
}

/**
 * If the purge's connection has no users, deletes the connection, and makes the purge due again
 * after `settleMs`. Otherwise changes nothing.
 */
export async function settlePurge(db: Db, purge: Purge, settleMs: number): Promise<void> {
  await db.transaction(async (tx) => {
    // A transaction that creates a user may have begun before the removal. The lock waits for it.
    await tx
      .select({ id: partnerConnections.id })
      .from(partnerConnections)
      .where(eq(partnerConnections.id, purge.connectionId))
      .for("update");
    const [late] = await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.connectionId, purge.connectionId))
      .limit(1);
    if (late) return;
    await tx.delete(partnerConnections).where(eq(partnerConnections.id, purge.connectionId));
    await tx
      .update(purges)
      .set({ settleAt: leaseEnd(settleMs), leasedUntil: null })
      .where(and(eq(purges.id, purge.id), isNull(purges.settleAt)));
  });
}

/** Ends a purge and writes an audit row with ids and counts. Idempotent. */
export async function finishPurge(db: Db, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [purge] = await tx
      .update(purges)
      .set({ state: "finished", finishedAt: sql`now()`, leasedUntil: null })
      .where(and(eq(purges.id, id), isNull(purges.finishedAt)))
      .returning();
    if (!purge) return;
    await tx.delete(purgedUsers).where(eq(purgedUsers.purgeId, id));
    await deleteEmptiedPartner(tx, purge.partnerId);
    const { mails, attempts, deadLetters: dead_letters, messages, done: users_purged } = purge;
    await recordAudit(tx, {
      actor: "fleet",
      action: "purge.finished",
      subjectType: purge.scope,
      subjectId: purge.subjectId,
      details: {
        purge_id: id,
        partner_id: purge.partnerId,
        users: users_purged,
        mails,
        attempts,
        dead_letters,
        messages,
      },
    });
  });
}
