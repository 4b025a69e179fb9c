import type { MailboxStatus } from "../imap/mailbox-status.ts";
/** How far a mailbox is read: every UID up to `lastUid` is recorded, or never existed. */
export interface Cursor {
  uidValidity: number;
  lastUid: number;
  /**
   * The newest recorded internal date. A scan after a change of UIDVALIDITY begins shortly before
   * it.
   */
  lastInternalDate: Date | null;
  /**
   * The UID of the cursor when an import created it; null if no import did. The old SuperIMAP
   * (docs/superimap.md) read the mail up to this UID. That mail has no row in `seen`.
   */
  importedUid: number | null;
}

export type Plan =
  /** Continue by UID. */
  | { kind: "continue"; cursor: Cursor }
  /**
   * Read by date, then set the cursor to `target`. `previous` is the old cursor when UIDVALIDITY
   * changed; null when the account had no cursor for this mailbox.
   */
  | { kind: "scan"; since: Date; previous: Cursor | null; target: Cursor };

interface ScanBounds {
  /** Mail that arrived before this date is not delivered. */
  watchFrom: Date;
  /**
   * The date of the oldest parked mail. A change of UIDVALIDITY makes its UID invalid, so the scan
   * must find this mail again.
   */
  parkedSince: Date | null;
  /**
   * If this mailbox has no cursor yet: the date of the newest mail in another mailbox of the
   * account. Otherwise null.
   */
  readUntil: Date | null;
}

const DAY_MS = 86_400_000;

/**
 * Decides how to read new mail: from the cursor on, or in a scan by date. A scan is needed if there
 * is no cursor or UIDVALIDITY has changed. A new UIDVALIDITY makes all known UIDs invalid (RFC
 * 9051, 2.3.1.1).
 *
 * The scan begins two days before the newest known mail, or before the oldest parked mail if that
 * is older. It never begins earlier than one day before `watchFrom`. If no mail is known, it begins
 * there.
 *
 * The margins of days have two reasons. Internal dates may not be in the order of UIDs, and SEARCH
 * compares only days. De-duplication prevents second deliveries.
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
    importedUid: null,
  };
  const lastSeenMs = (cursor?.lastInternalDate ?? readUntil)?.getTime() ?? 0;
  const fromMs = Math.min(lastSeenMs, parkedSince?.getTime() ?? Infinity);
  const since = new Date(Math.max(fromMs - 2 * DAY_MS, watchFrom.getTime() - DAY_MS));
  return { kind: "scan", since, previous: cursor, target };
}
