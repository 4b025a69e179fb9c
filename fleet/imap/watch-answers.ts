import { type FetchedMail, toFetchedMail } from "./fetched-mail.ts";
import { FETCHED_UIDS } from "./judge-reading.ts";
import type { UidRange } from "./responses/uid-set.ts";
import type { Value } from "./responses/values.ts";

/**
 * The most ranges of UIDs that SEARCH may find. More ranges mean more new mail than a watch reads.
 */
const MAX_RANGES = 1_000;

/** What the server has answered to SEARCH and FETCH so far. */
export class WatchAnswers {
  readonly #found: UidRange[] = [];
  readonly #mails = new Map<number, FetchedMail>();

  /** Adds UIDs that SEARCH found. Returns false when there would be more than MAX_RANGES. */
  addFound(uids: readonly UidRange[]): boolean {
    if (this.#found.length + uids.length > MAX_RANGES) return false;
    this.#found.push(...uids);
    return true;
  }

  /**
   * Adds a row of FETCH. If a mail has several rows, the first counts. A row without all items is
   * ignored: it may only report changed flags. SEARCH shows whether a mail is missing.
   *
   * @returns false when there are more than twice as many mails as FETCH asked for (FETCHED_UIDS).
   */
  addRow(
    items: ReadonlyMap<string, Value>,
    { after, hasLabels }: { after: number; hasLabels: boolean },
  ): boolean {
    const mail = toFetchedMail(items, { hasLabels });
    if (mail === null || mail.uid <= after || this.#mails.has(mail.uid)) return true;
    if (this.#mails.size >= 2 * FETCHED_UIDS) return false;
    this.#mails.set(mail.uid, mail);
    return true;
  }

  get found(): readonly UidRange[] {
    return this.#found;
  }

  get mails(): ReadonlyMap<number, FetchedMail> {
    return this.#mails;
  }
}
