import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import {
  readAccountProgress,
  readUserAccounts,
  setUserAccount,
} from "../../db/users/user-accounts.ts";
import type { User } from "../../db/users/users.ts";
import { toAccountName } from "./account-name.ts";
import { nextAccount } from "./next-account.ts";

/**
 * Records which mail account a user has. Call it in the transaction that stores the credentials.
 * Cursors and event ids belong to one account: without this record, mail of a new account would
 * count as already known.
 *
 * @param user The user after the write, with its row locked.
 * @param actor The actor for the audit log.
 */
export async function becomeAccount(
  tx: Db,
  user: Omit<User, "lagSeconds">,
  actor: string,
): Promise<void> {
  const name = await toAccountName(user);
  if (!name) return;
  const { id, accountEpoch: epoch, credentialsAt } = user;
  const accounts = await readUserAccounts(tx, id);
  const progress = await readAccountProgress(tx, id, epoch);
  const next = nextAccount({ accounts, epoch, progress }, name, credentialsAt ?? new Date());
  if (!next) return;
  await setUserAccount(tx, id, next);
  if (next.epoch === epoch) return;
  await recordAudit(tx, {
    actor,
    action: "user.account_changed",
    subjectType: "user",
    subjectId: id,
    details: {
      epoch_before: epoch,
      epoch: next.epoch,
      watch_from: next.watchFrom?.toISOString() ?? null,
    },
  });
}
