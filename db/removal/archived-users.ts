import { and, asc, eq, isNull, lt, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { startUserRemoval } from "./removals.ts";
import { partnerConnections } from "../partners/tables.ts";
import { users } from "../users/tables.ts";

/**
 * Removes up to `limit` users that were archived more than `days` ago. A purge then deletes their
 * data.
 *
 * @returns How many users were removed.
 */
export async function removeArchivedUsers(
  db: Db,
  { days, limit }: { days: number; limit: number },
): Promise<number> {
  const isDue = lt(users.archivedAt, sql`now() - ${days}::float8 * interval '1 day'`);
  const due = await db
    .select({
      userId: users.id,
      connectionId: users.connectionId,
      partnerId: partnerConnections.partnerId,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .where(and(isDue, isNull(partnerConnections.removedAt)))
    .orderBy(asc(users.id))
    .limit(limit);
  let removed = 0;
  for (const user of due) {
    await db.transaction(async (tx) => {
      const isStill = and(eq(users.id, user.userId), eq(users.connectionId, user.connectionId));
      const [still] = await tx
        .select({ id: users.id })
        .from(users)
        .where(and(isStill, isDue))
        .for("update");
      if (!still) return;
      await startUserRemoval(tx, user);
      await recordAudit(tx, {
        actor: "fleet",
        action: "user.expired",
        subjectType: "user",
        subjectId: user.userId,
        details: { partner_id: user.partnerId, archived_days: days },
      });
      removed++;
    });
  }
  return removed;
}
