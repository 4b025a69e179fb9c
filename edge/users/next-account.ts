import type { UserAccount } from "../../db/users/user-accounts.ts";
import type { AccountName } from "./account-name.ts";

/** The accounts that a user has had, and how far the current account is read. */
export interface AccountHistory {
  accounts: readonly UserAccount[];
  epoch: number;
  /** Null when no mailbox of the current account was ever read. */
  progress: { lastMailAt: Date | null } | null;
}

const DAY_MS = 86_400_000;
/**
 * The maximum age of mail that is read when a user returns to an earlier account. A restored user
 * has the same limit: older mail is no longer news.
 */
const RETURN_MS = 30 * DAY_MS;
/**
 * When an account has moved to another host, reading starts this long before the last known mail.
 * The internal dates of mails may be slightly out of order, and the new host may have received mail
 * before the user's settings changed.
 */
const MOVE_MARGIN_MS = 2 * DAY_MS;

/**
 * Decides which account a user has after the user got credentials for `name`. The first row that
 * fits counts.
 *
 *   `name` is                       the result
 *   the current account             nothing changes; its cursors continue
 *   an earlier account              its old cursors continue; mail older than 30 days is not read
 *   the user's first account        has epoch 0; reading begins at the user's creation
 *   a new account, and the current  reading begins at the same time as for the current account,
 *   account was never read          whose name was probably wrong
 *   the same login on another host  has moved; reading begins 2 days before the last mail, and
 *                                   de-duplication skips known mails
 *   another login                   reading begins now: earlier mail was not this user's
 *
 * When it is unclear whether the account is a different one, it counts as moved: it is better to
 * report earlier mail than to lose mail.
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
