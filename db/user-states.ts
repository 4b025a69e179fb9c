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

/** Says when the mail servers of these users were last heard, for many users in one statement. */
export async function setLastHeard(db: Db, heardAt: ReadonlyMap<string, Date>): Promise<void> {
  if (heardAt.size === 0) return;
  const rows = [...heardAt].map(([id, at]) => ({ id, at: at.toISOString() }));
  await db
    .update(users)
    .set({ lastHeardAt: sql`greatest(${users.lastHeardAt}, heard.at)` })
    .from(sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as heard(id text, at timestamptz)`)
    .where(eq(users.id, sql`heard.id`));
}
