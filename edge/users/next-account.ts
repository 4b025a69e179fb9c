import type { UserAccount } from "../../db/users/user-accounts.ts";
import type { AccountName } from "./account-name.ts";

/** The accounts that a user has been, and how far the last of them is read. */
export interface AccountHistory {
  accounts: readonly UserAccount[];
  epoch: number;
  /** Null when the user's mailbox was never read as this account. */
  progress: { lastMailAt: Date | null } | null;
}

const DAY_MS = 86_400_000;
/** As after a restoration: mail of a long absence is no news. */
const RETURN_MS = 30 * DAY_MS;
/** Internal dates of neighbours may be out of order, and a new host may have got mail before it was told. */
const MOVE_MARGIN_MS = 2 * DAY_MS;

/**
 * Decides which account a user is that was given credentials of `name`.
 *
 *   the same as before            stays: its cursors go on
 *   one that it was earlier       goes on from the cursors of that time, at most 30 days back
 *   the first                     epoch 0, watched since the user's creation
 *   anew, and the last was        watched since when that one was to be: it was the wrong name of this one
 *   never read
 *   the same login elsewhere      has moved: watched since the last mail, de-duplication knows the rest
 *   another login                 watched from then on: mail of before was not this user's
 *
 * What is not known to be another account is taken for one that has moved: rather mail of before than lost mail.
 *
 * @param at When the credentials were given.
 * @returns null when it stays.
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
