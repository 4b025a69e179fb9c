import { and, asc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { cursors } from "../mail/tables.ts";
import { userAccounts, users } from "./tables.ts";

/** One of the mail accounts that a user has had. */
export type UserAccount = Omit<typeof userAccounts.$inferSelect, "userId">;

/** Reads the accounts that a user has had, in the order of their epochs. */
export function readUserAccounts(tx: Db, userId: string): Promise<UserAccount[]> {
  const { epoch, loginHash, server, watchFrom } = userAccounts;
  return tx
    .select({ epoch, loginHash, server, watchFrom })
    .from(userAccounts)
    .where(eq(userAccounts.userId, userId))
    .orderBy(asc(epoch));
}

/**
 * Reads the date of an account's last mail.
 * @returns null when no mailbox of the account was ever read.
 */
export async function readAccountProgress(
  tx: Db,
  userId: string,
  epoch: number,
): Promise<{ lastMailAt: Date | null } | null> {
  const [row] = await tx
    .select({
      mailboxes: sql<number>`count(*)::int`,
      lastMailAt: sql`max(${cursors.lastInternalDate})`.mapWith(cursors.lastInternalDate),
    })
    .from(cursors)
    .where(and(eq(cursors.userId, userId), eq(cursors.accountEpoch, epoch)));
  return row && row.mailboxes > 0 ? { lastMailAt: row.lastMailAt } : null;
}

/** Makes this mail account the user's current account. */
export async function setUserAccount(tx: Db, userId: string, account: UserAccount): Promise<void> {
  const { epoch, watchFrom } = account;
  await tx
    .insert(userAccounts)
    .values({ userId, ...account })
    .onConflictDoUpdate({
      target: [userAccounts.userId, userAccounts.epoch],
      set: { watchFrom },
    });
  await tx.update(users).set({ accountEpoch: epoch }).where(eq(users.id, userId));
}
