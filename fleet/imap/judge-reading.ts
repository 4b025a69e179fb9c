import { type FetchedMail, hasExpectedLength, MAX_BODY_BYTES } from "./fetched-mail.ts";
import { countUids, type UidRange } from "./uid-set.ts";

/**
 * The most new mails that a watch reads, and the number of UIDs that one FETCH covers. If there are
 * more new mails, the full client (ImapFlow) reads them, in batches.
 */
export const MAX_NEW_MAILS = 20;

/** What SEARCH and FETCH answered for the UIDs after the cursor. */
interface Reading {
  lastUid: number;
  found: readonly UidRange[];
  /** The fetched mails by UID. All UIDs are above `lastUid`. */
  mails: ReadonlyMap<number, FetchedMail>;
}

export type ReadingVerdict =
  /** The announced mail is not visible yet, or was removed again. */
  | { kind: "nothing" }
  /**
   * All mails after the cursor up to `lastUid`, ascending. `isMore`: whether another mail arrived
   * between SEARCH and FETCH.
   */
  | { kind: "mails"; mails: FetchedMail[]; lastUid: number; isMore: boolean }
  /** ImapFlow, the full client, must read the mail. */
  | { kind: "unusual"; why: "many_mails" | "mail_incomplete" | "mail_large" };

/**
 * Decides how far the cursor may move: to the last UID that SEARCH found, if FETCH sent all found
 * mails completely.
 */
export function judgeReading({ lastUid, found, mails }: Reading): ReadingVerdict {
  const news = found
    .filter(({ last }) => last > lastUid)
    .map(({ first, last }) => ({ first: Math.max(first, lastUid + 1), last }));
  if (countUids(news) > MAX_NEW_MAILS) return { kind: "unusual", why: "many_mails" };
  const uids = new Set(news.flatMap(listUids));
  const newest = Math.max(...uids, lastUid);
  const unfound = [...mails.keys()].filter((uid) => !uids.has(uid));
  if (uids.size === 0 && unfound.length === 0) return { kind: "nothing" };
  // FETCH asked only for the first MAX_NEW_MAILS UIDs after the cursor.
  if (newest > lastUid + MAX_NEW_MAILS) return { kind: "unusual", why: "many_mails" };
  // If FETCH sends a mail that SEARCH did not find, the mail must have arrived between the two
  // commands, so its UID must be above all UIDs that SEARCH found. SEARCH also counts as broken if
  // it found nothing and FETCH sent a mail.
  const isSearchBroken = uids.size === 0 || unfound.some((uid) => uid < newest);
  const read = [...uids].toSorted((a, b) => a - b).map((uid) => mails.get(uid));
  const whole = read.filter((mail) => mail !== undefined).filter(hasExpectedLength);
  if (isSearchBroken || whole.length < uids.size)
    return { kind: "unusual", why: "mail_incomplete" };
  if (whole.some(({ sizeBytes }) => sizeBytes > MAX_BODY_BYTES))
    return { kind: "unusual", why: "mail_large" };
  return { kind: "mails", mails: whole, lastUid: newest, isMore: unfound.length > 0 };
}

const listUids = ({ first, last }: UidRange) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);
