import type { UidRange } from "./responses/uid-set.ts";

/** How many UIDs up to the cursor are tracked. */
export const ACCOUNTED_UIDS = 200;
/**
 * After this many UIDs, or after ten reads, the next read also checks the UIDs up to the cursor.
 * While mail arrives all the time, no look checks them.
 */
const CHECK_AFTER = ACCOUNTED_UIDS / 2;

/**
 * Tracks which of the last 200 UIDs up to the cursor are accounted for. A UID is accounted for when
 * its mail was recorded or is not new.
 *
 * A server may show a mail late, when the cursor is already above its UID. For example, a replica
 * may receive a later mail first. The watch notices such a mail, because its UID is not accounted
 * for.
 */
export class AccountedUids {
  readonly #bits = new Uint8Array(ACCOUNTED_UIDS / 8);
  /** Counts UIDs and reads since the last check. */
  #unchecked = 0;

  /**
   * Marks a UID as accounted for. The UID that is 200 lower had the same bit, and is no longer
   * tracked.
   */
  add(uid: number): void {
    const at = uid % ACCOUNTED_UIDS;
    this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) | (1 << (at & 7));
  }

  has(uid: number): boolean {
    const at = uid % ACCOUNTED_UIDS;
    return ((this.#bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }

  /**
   * Moves the cursor. The UIDs after `fromUid` are not accounted for until `add()` is called for
   * them.
   */
  advance(fromUid: number, toUid: number): void {
    this.#unchecked += Math.max(toUid - fromUid, CHECK_AFTER / 10);
    if (toUid - fromUid >= ACCOUNTED_UIDS) {
      this.#bits.fill(0);
      return;
    }
    for (let uid = fromUid + 1; uid <= toUid; uid++) {
      const at = uid % ACCOUNTED_UIDS;
      this.#bits[at >> 3] = (this.#bits[at >> 3] ?? 0) & ~(1 << (at & 7));
    }
  }

  /** Whether the UIDs up to the cursor must be compared with those that the server has. */
  get isCheckDue(): boolean {
    return this.#unchecked >= CHECK_AFTER;
  }

  onCheck(): void {
    this.#unchecked = 0;
  }

  /**
   * Returns whether every UID of the ranges is accounted for. Ignores UIDs below `first` or above
   * `last`. Both must be among the last 200 UIDs up to the cursor.
   */
  hasAll(ranges: readonly UidRange[], first: number, last: number): boolean {
    return ranges.every((range) => {
      for (let uid = Math.max(range.first, first); uid <= Math.min(range.last, last); uid++)
        if (!this.has(uid)) return false;
      return true;
    });
  }
}
