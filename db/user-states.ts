import { and, eq, isNull, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { type UserState, users } from "./schema.ts";

/** Says what the fleet sees of a user. An archived user stays archived. */
export async function setUserState(
  db: Db,
  userId: string,
  state: UserState,
  reason: string | null,
): Promise<void> {
  const changed = sql`${users.state} is distinct from ${state}`;
  await db
    .update(users)
    .set({
      state,
      stateReason: reason,
      stateChangedAt: sql`case when ${changed} then now() else ${users.stateChangedAt} end`,
    })
    .where(and(eq(users.id, userId), isNull(users.archivedAt)));
}

/** The user's mailbox is open and read up to now. */
export async function setWatching(db: Db, userId: string): Promise<void> {
  await setUserState(db, userId, "watching", null);
  await db
    .update(users)
    .set({ lastLoginAt: sql`now()` })
    .where(eq(users.id, userId));
}
