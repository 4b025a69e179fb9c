import { and, desc, eq, lt } from "drizzle-orm";
import type { Db } from "./client.ts";
import { userStateChanges } from "./schema.ts";

export type StateChange = typeof userStateChanges.$inferSelect;

/** How a user came into its state, the newest first. A trigger writes what changes. */
export function listStateChanges(
  db: Db,
  userId: string,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<StateChange[]> {
  const isOlder = before === undefined ? undefined : lt(userStateChanges.id, before);
  return db
    .select()
    .from(userStateChanges)
    .where(and(eq(userStateChanges.userId, userId), isOlder))
    .orderBy(desc(userStateChanges.id))
    .limit(limit);
}
