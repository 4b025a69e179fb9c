import type { UserAccount } from "../../db/users/user-accounts.ts";
import type { AccountName } from "./account-name.ts";

/** The accounts that a user has had, and how far the current one is read. */
export interface AccountHistory {
  accounts: readonly UserAccount[];
  epoch: number;
  /** Null when no mailbox of the current account was ever read. */
  progress: { lastMailAt: Date | null } | null;
}

const DAY_MS = 86_400_000;
/**
 * How far back mail is read, at most, when a user returns to an earlier account. It is the same
 * time as for a restored user: older mail is no longer news.
 */
const RETURN_MS = 30 * DAY_MS;
/**
 * How long before the last mail a moved account is watched from. Internal dates may be slightly out
 * of order, and a new host may have received mail before we knew of it.
 */
const MOVE_MARGIN_MS = 2 * DAY_MS;

/**
 * Decides which account a user has after it got credentials for `name`.
 *
 *   the current account           no change: its cursors continue
 *   an earlier account            continues from its old cursors, at most 30 days back
 *   the first account             epoch 0, watched from the user's creation
 *   a new one, while the current  watched from the same time as the current one, whose name was
 *   one was never read            probably wrong
 *   the same login elsewhere      has moved: watched from the last mail; de-duplication finds the rest
 *   another login                 watched from now on: earlier mail was not this user's
 *
 * When it is unclear whether the account is a different account, it counts as moved: reporting
 * earlier mail is better than losing mail.
 *
 * @param at When the credentials were given.
 * @returns null when the account does not change.
 */
export function nextAccount(
  { accounts, epoch, progress }: AccountHistory,
  name: AccountName,
  at: Date,
): UserAccount | null {
  const current = accounts.find((account) => account.epoch === epoch);
  const known = accounts.find((account) => isSame(account, name));
  if (known && known === current) return null;
  if (known) {
    const earliest = new Date(at.getTime() - RETURN_MS);
    return { ...known, watchFrom: latest(known.watchFrom, earliest) };
  }
  if (accounts.length === 0 && progress === null) return { ...name, epoch, watchFrom: null };

  const nextEpoch = Math.max(epoch, ...accounts.map((account) => account.epoch)) + 1;
  const before = current?.watchFrom ?? null;
  const next = (watchFrom: Date | null) => ({ ...name, epoch: nextEpoch, watchFrom });
  if (progress === null) return next(before);
  if (current && current.loginHash !== name.loginHash) return next(at);
  const { lastMailAt } = progress;
  return next(latest(before, lastMailAt && new Date(lastMailAt.getTime() - MOVE_MARGIN_MS)));
}

const isSame = (a: AccountName, b: AccountName) =>
  a.loginHash === b.loginHash && a.server === b.server;

function latest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
