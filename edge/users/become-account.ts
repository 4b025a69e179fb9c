import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import { type Query, runInOrder } from "../../db/query.ts";
import {
  readAccountProgress,
  readUserAccounts,
  requireProgress,
  setUserAccount,
} from "../../db/users/user-accounts.ts";
import type { User } from "../../db/users/users.ts";
import { toAccountName } from "./account-name.ts";
import { type AccountHistory, nextAccount } from "./next-account.ts";

type Owner = Pick<
  User,
  "id" | "accountEpoch" | "credentialsAt" | "loginUsername" | "email" | "imapHost" | "imapPort"
>;

/**
 * Records which mail account a user has. Call it in the transaction that stores the credentials.
 * Cursors and event ids belong to one account: without this record, mail of a new account would
 * count as already known.
 *
 * @param user The user after the write, with its row locked.
 * @param actor The actor for the audit log.
 */
export async function becomeAccount(tx: Db, user: Owner, actor: string): Promise<void> {
  const accounts = await readUserAccounts(tx, user.id);
  const progress = await readAccountProgress(tx, user.id, user.accountEpoch);
  const build = await planAccount(user, actor, { accounts, progress });
  await runInOrder(build(tx));
}

/**
 * Returns the queries of `becomeAccount()`. The first one requires that `known` is not outdated.
 *
 * @param known The accounts of the user and the progress of the current one, as they were read.
 */
export async function planAccount(
  user: Owner,
  actor: string,
  known: Omit<AccountHistory, "epoch">,
): Promise<(tx: Db) => readonly Query<void>[]> {
  const { id, accountEpoch: epoch, credentialsAt } = user;
  const name = await toAccountName(user);
  const next = name && nextAccount({ ...known, epoch }, name, credentialsAt ?? new Date());
  if (!next) return () => [];
  const change = {
    epoch_before: epoch,
    epoch: next.epoch,
    watch_from: next.watchFrom?.toISOString() ?? null,
  };
  return (tx) => [
    requireProgress(tx, id, known.progress),
    setUserAccount(tx, id, next),
    ...(next.epoch === epoch
      ? []
      : [
          recordAudit(tx, {
            actor,
            action: "user.account_changed",
            subjectType: "user",
            subjectId: id,
            details: change,
          }),
        ]),
  ];
}
