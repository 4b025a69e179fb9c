import type { MailboxStatus } from "../imap/mailbox-status.ts";
/** How far a mailbox is read: every UID up to `lastUid` is recorded, or never existed. */
export interface Cursor {
  uidValidity: number;
  lastUid: number;
  /** The newest internal date recorded; where to look after a change of UIDVALIDITY. */
  lastInternalDate: Date | null;
}

export type Plan =
  /** Read on by UID. */
  | { kind: "continue"; cursor: Cursor }
  /**
   * Look by date, then set the cursor to `target`. `previous` is null at the first connection of an
   * account and the old cursor when UIDVALIDITY changed.
   */
  | { kind: "scan"; since: Date; previous: Cursor | null; target: Cursor };

interface ScanBounds {
  /** Mail that came before is not wanted. */
  watchFrom: Date;
  /** The oldest parked mail's date: its UID is worthless too, so it is looked for again. */
  parkedSince: Date | null;
  /** The newest mail of the account in another of its mailboxes, where this one has no cursor yet. */
  readUntil: Date | null;
}

const DAY_MS = 86_400_000;

/**
 * Decides how to read what is new. A mailbox without a cursor is searched since the user's creation,
 * or since it became this account, or since the account's last mail elsewhere, and never read from its first mail. A changed UIDVALIDITY makes every known UID worthless
 * (RFC 9051, 2.3.1.1): then the search goes back two days before the last recorded mail, since
 * internal dates of neighbours may be out of order and SEARCH mostly knows days only, and
 * de-duplication does the rest.
 */
export function planCatchUp(
  cursor: Cursor | null,
  status: MailboxStatus,
  { watchFrom, parkedSince, readUntil }: ScanBounds,
): Plan {
  if (cursor && cursor.uidValidity === status.uidValidity) return { kind: "continue", cursor };
  const target: Cursor = {
    uidValidity: status.uidValidity,
    lastUid: Math.max(status.uidNext - 1, 0),
    lastInternalDate: cursor?.lastInternalDate ?? null,
  };
  const lastSeenMs = (cursor?.lastInternalDate ?? readUntil)?.getTime() ?? 0;
  const fromMs = Math.min(lastSeenMs, parkedSince?.getTime() ?? Infinity);
  const since = new Date(Math.max(fromMs - 2 * DAY_MS, watchFrom.getTime() - DAY_MS));
  return { kind: "scan", since, previous: cursor, target };
}
