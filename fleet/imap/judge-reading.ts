import { type FetchedMail, hasExpectedLength, MAX_BODY_BYTES } from "./fetched-mail.ts";
import { countUids, type UidRange } from "./responses/uid-set.ts";

/** How many UIDs one FETCH covers. If there is more new mail, another read follows. */
export const FETCHED_UIDS = 20;
/** If there are more new mails than this, the full client (ImapFlow) reads them, in batches. */
export const MAX_NEW_MAILS = 1_000;

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
   * All mails after the cursor up to `lastUid`, ascending. `isMore`: whether there is more new
   * mail.
   */
  | { kind: "mails"; mails: FetchedMail[]; lastUid: number; isMore: boolean }
  /** ImapFlow, the full client, must read the mail. */
  | { kind: "unusual"; why: "many_mails" | "mail_incomplete" | "mail_large" };

/**
 * Decides how far the cursor may move. It may move to the last UID that SEARCH found, but not
 * beyond the last UID that FETCH asked for. It may move only if FETCH sent all these mails
 * completely.
 */
export function judgeReading({ lastUid, found: ranges, mails }: Reading): ReadingVerdict {
  const news = ranges
    .filter(({ last }) => last > lastUid)
    .map(({ first, last }) => ({ first: Math.max(first, lastUid + 1), last }));
  if (countUids(news) > MAX_NEW_MAILS) return { kind: "unusual", why: "many_mails" };
  const lastFetched = lastUid + FETCHED_UIDS;
  const found = news.flatMap(listUids).toSorted((a, b) => a - b);
  const newest = found.at(-1) ?? lastUid;
  const uids = new Set(found.filter((uid) => uid <= lastFetched));
  const unfound = [...mails.keys()].filter((uid) => !found.includes(uid));
  if (found.length === 0 && unfound.length === 0) return { kind: "nothing" };
  // FETCH may also send a mail that arrived after SEARCH. The UID of such a mail is above all UIDs
  // that SEARCH found. If it is not, or if SEARCH found nothing, the answer to SEARCH is wrong.
  const isSearchBroken = found.length === 0 || unfound.some((uid) => uid < newest);
  const read = [...uids].map((uid) => mails.get(uid));
  const whole = read.filter((mail) => mail !== undefined).filter(hasExpectedLength);
  if (isSearchBroken || whole.length < uids.size)
    return { kind: "unusual", why: "mail_incomplete" };
  if (whole.some(({ sizeBytes }) => sizeBytes > MAX_BODY_BYTES))
    return { kind: "unusual", why: "mail_large" };
  if (newest <= lastFetched)
    return { kind: "mails", mails: whole, lastUid: newest, isMore: unfound.length > 0 };
  // ImapFlow passes wide gaps between UIDs.
  if (uids.size === 0) return { kind: "unusual", why: "many_mails" };
  return { kind: "mails", mails: whole, lastUid: lastFetched, isMore: true };
}

const listUids = ({ first, last }: UidRange) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);
