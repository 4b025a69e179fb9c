import type { UidRange } from "./uid-set.ts";

/** How many UIDs are remembered. */
export const ACCOUNTED_UIDS = 200;

/**
 * The UIDs up to the cursor that are accounted for: recorded, or judged to be no new mail. A server
 * may show other mail behind the cursor later, for example because a replica received a later mail
 * first. Needs one bit for each of the last 200 UIDs.
 */
export class AccountedUids {
  readonly #bits = new Uint8Array(ACCOUNTED_UIDS / 8);

  /** Marks a UID as accounted for. Its bit replaces that of the UID that is 200 lower. */
  add(uid: number): void {
    const at = uid % ACCOUNTED_UIDS;
    this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7));
  }

  has(uid: number): boolean {
    const at = uid % ACCOUNTED_UIDS;
    return ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /** Moves the cursor. The UIDs in between are not accounted for until they are added. */
  advance(fromUid: number, toUid: number): void {
    if (toUid - fromUid >= ACCOUNTED_UIDS) {
      this.#bits.fill(0);
      return;
    }
    for (let uid = fromUid + 1; uid <= toUid; uid++) {
      const at = uid % ACCOUNTED_UIDS;
      this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) & ~(1 << (at & 7));
    }
  }

  /**
   * Returns whether all UIDs of the ranges that lie between `first` and `last` are accounted for.
   * Only the 200 UIDs up to the cursor can be checked.
   */
  hasAll(ranges: readonly UidRange[], first: number, last: number): boolean {
    return ranges.every((range) => {
      for (let uid = Math.max(range.first, first); uid <= Math.min(range.last, last); uid++)
        if (!this.has(uid)) return false;
      return true;
    });
  }
}
