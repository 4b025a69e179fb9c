import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { requireRow } from "../conditions.ts";
import { allRows, noRows, type Query, query, type Ref } from "../query.ts";
import { cursors } from "../mail/tables.ts";
import { userAccounts, users } from "./tables.ts";

/** One of the mail accounts that a user has had. */
export type UserAccount = Omit<typeof userAccounts.$inferSelect, "userId">;

/** Reads the accounts that a user has had, in the order of their epochs. */
export function readUserAccounts(tx: Db, user: Ref): Query<UserAccount[]> {
  const { epoch, loginHash, server, watchFrom } = userAccounts;
  return allRows(
    tx
      .select({ epoch, loginHash, server, watchFrom })
      .from(userAccounts)
      .where(eq(userAccounts.userId, user))
      .orderBy(asc(epoch)),
  );
}

/** How far an account is read. Null when no mailbox of it was ever read. */
export type AccountProgress = { lastMailAt: Date | null } | null;

/** SQL: the epoch of the user's current account. */
export const epochOf = (user: Ref): SQL<number> =>
  sql`(select ${users.accountEpoch} from ${users} where ${users.id} = ${user})`;

const isOf = (user: Ref, epoch: number | SQL<number>) =>
  and(eq(cursors.userId, user), eq(cursors.accountEpoch, epoch));

/** Reads the date of an account's last mail. */
export const readAccountProgress = (
  tx: Db,
  user: Ref,
  epoch: number | SQL<number>,
): Query<AccountProgress> =>
  query(
    tx
      .select({
        mailboxes: sql<number>`count(*)::int`,
        lastMailAt: sql`max(${cursors.lastInternalDate})`.mapWith(cursors.lastInternalDate),
      })
      .from(cursors)
      .where(isOf(user, epoch)),
    ([row]) => (row && row.mailboxes > 0 ? { lastMailAt: row.lastMailAt } : null),
  );

/**
 * Requires, as `requireRow()`, that no mailbox of the user's current account was read for the first
 * time since `known` was read.
 */
export const requireProgress = (tx: Db, user: string, known: AccountProgress): Query<void> =>
  requireRow(
    tx,
    sql`select 1 where ${known !== null}::boolean = exists (
      select 1 from ${cursors} where ${isOf(user, epochOf(user))})`,
  );

/** Makes this mail account the user's current account. */
export const setUserAccount = (tx: Db, userId: string, account: UserAccount): Query<void> => {
  const { epoch, loginHash, server, watchFrom } = account;
  return noRows(
    tx.execute(sql`
      with account as (
        insert into user_accounts (user_id, epoch, login_hash, server, watch_from)
        values (${userId}, ${epoch}::integer, ${loginHash}, ${server}, ${watchFrom?.toISOString() ?? null}::timestamptz)
        on conflict (user_id, epoch) do update set watch_from = excluded.watch_from
        returning user_id, epoch)
      update users set account_epoch = account.epoch from account where users.id = account.user_id`),
  );
};
