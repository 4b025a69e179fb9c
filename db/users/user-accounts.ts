import { and, asc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { requireRow } from "../conditions.ts";
import { type Lookup, lookup, type Slot } from "../lookup.ts";
import { allRows, noRows, type Query, query, type Ref } from "../query.ts";
import { cursors } from "../mail/tables.ts";
import { userAccounts, users } from "./tables.ts";

/** One of the mail accounts that a user has had. */
export type UserAccount = Omit<typeof userAccounts.$inferSelect, "userId">;

/** Reads the accounts that a user has had, in the order of their epochs. */
export const readUserAccounts = compiled<[user: Ref], UserAccount[]>((tx, user) => {
  const { epoch, loginHash, server, watchFrom } = userAccounts;
  return allRows(
    tx
      .select({ epoch, loginHash, server, watchFrom })
      .from(userAccounts)
      .where(eq(userAccounts.userId, user))
      .orderBy(asc(epoch)),
  );
});

/** How far an account is read. Null when no mailbox of it was ever read. */
export type AccountProgress = { lastMailAt: Date | null } | null;

/** SQL: the epoch of the user's current account. */
export const epochOf = lookup<[user: Ref], number>(
  (user) => sql`(select ${users.accountEpoch} from ${users} where ${users.id} = ${user})`,
);

const isOf = (user: Slot<Ref>, epoch: Slot<number | Lookup<number>>) =>
  and(eq(cursors.userId, user), eq(cursors.accountEpoch, epoch));

/** Reads the date of an account's last mail. */
export const readAccountProgress = compiled<
  [user: Ref, epoch: number | Lookup<number>],
  AccountProgress
>((tx, user, epoch) =>
  query(
    tx
      .select({
        mailboxes: sql<number>`count(*)::int`,
        lastMailAt: sql`max(${cursors.lastInternalDate})`.mapWith(cursors.lastInternalDate),
      })
      .from(cursors)
      .where(isOf(user, epoch)),
    ([row]) => (row && row.mailboxes > 0 ? { lastMailAt: row.lastMailAt } : null),
  ),
);

/**
 * Requires, as `requireRow()`, that no mailbox of the user's current account was read for the first
 * time since `known` was read.
 */
export const requireProgress = (tx: Db, user: string, known: AccountProgress): Query<void> =>
  requireFirst(tx, user, known === null);

const requireFirst = compiled<[user: string, isFirst: boolean], void>((tx, user, isFirst) =>
  requireRow(
    tx,
    sql`select 1 where ${isFirst ? sql`not exists` : sql`exists`} (
      select 1 from ${cursors} where ${isOf(user, epochOf(user))})`,
  ),
);

/** Makes this mail account the user's current account. */
export const setUserAccount = (tx: Db, userId: string, account: UserAccount): Query<void> =>
  writeAccount(tx, userId, { ...account, watchFrom: account.watchFrom?.toISOString() ?? null });

type WrittenAccount = Omit<UserAccount, "watchFrom"> & { watchFrom: string | null };
const writeAccount = compiled<[userId: string, account: WrittenAccount], void>(
  (tx, userId, { epoch, loginHash, server, watchFrom }) =>
    noRows(
      tx.execute(sql`
      with account as (
        insert into user_accounts (user_id, epoch, login_hash, server, watch_from)
        values (${userId}, ${epoch}::integer, ${loginHash}, ${server}, ${watchFrom}::timestamptz)
        on conflict (user_id, epoch) do update set watch_from = excluded.watch_from
        returning user_id, epoch)
      update users set account_epoch = account.epoch from account where users.id = account.user_id`),
    ),
);
