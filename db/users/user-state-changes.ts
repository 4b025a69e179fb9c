import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { adminUsers, auditLog } from "../admin/tables.ts";
import { partners } from "../partners/tables.ts";
import { userStateChanges } from "./tables.ts";

/** Lists how a user's state changed, newest first. A trigger writes the rows. */
export function listStateChanges(
  db: Db,
  userId: string,
  { before, limit }: { before: number | undefined; limit: number },
) {
  const isOlder = before === undefined ? undefined : lt(userStateChanges.id, before);
  // The audit row and the state change of a transaction have the same time: the start of the
  // transaction.
  const cause = db
    .select({ actor: auditLog.actor })
    .from(auditLog)
    .where(
      and(
        eq(auditLog.subjectType, "user"),
        eq(auditLog.subjectId, userStateChanges.userId),
        eq(auditLog.at, userStateChanges.changedAt),
      ),
    )
    .orderBy(auditLog.id)
    .limit(1)
    .as("cause");
  return (
    db
      .select({
        id: userStateChanges.id,
        state: userStateChanges.state,
        reason: userStateChanges.reason,
        changedAt: userStateChanges.changedAt,
        actor: sql<string | null>`${cause.actor}`,
        /**
         * The name of the admin or partner who caused the change; null when neither of them caused
         * it, or when the admin or partner no longer exists.
         */
        actorName: sql<string | null>`coalesce(${adminUsers.name}, ${partners.name})`,
      })
      .from(userStateChanges)
      .leftJoinLateral(cause, sql`true`)
      // Only the id after the prefix (`admin:` or `partner:`) is compared, so that the query can
      // use an index. This is enough, because the id of an admin or a partner belongs to nothing
      // else.
      .leftJoin(
        adminUsers,
        sql`${adminUsers.id} = substr(split_part(${cause.actor}, '/', 1), length('admin:') + 1)`,
      )
      .leftJoin(partners, sql`${partners.id} = substr(${cause.actor}, length('partner:') + 1)`)
      .where(and(eq(userStateChanges.userId, userId), isOlder))
      .orderBy(desc(userStateChanges.id))
      .limit(limit)
  );
}

export type ListedStateChange = Awaited<ReturnType<typeof listStateChanges>>[number];
