import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Db } from "../client.ts";
import { partnerConnections } from "../partners/tables.ts";
import { removedUsers } from "./tables.ts";
import { users } from "../users/tables.ts";

/** Returns those of the users that were deleted from the database. */
export async function findRemovedUsers(
  db: Db,
  userIds: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const rows = await db
    .select({ id: removedUsers.userId })
    .from(removedUsers)
    .where(inArray(removedUsers.userId, [...new Set(userIds)]));
  return new Set(rows.map(({ id }) => id));
}

/** Whether a user was removed, even if its data is still being deleted. */
export async function isRemoved(db: Db, userId: string): Promise<boolean> {
  const kept = await db
    .select({ id: users.id })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .where(and(eq(users.id, userId), isNull(partnerConnections.removedAt)));
  return kept.length === 0;
}
