import { MAX_NEW_MAILS } from "./judge-reading.ts";

/**
 * The pauses before the next search when announced mail is missing, for example because a replica
 * is late.
 */
const LOOK_AGAIN_MS = [200, 1_000, 5_000];
/**
 * After this many searches in a row without the announced mail, a new announcement causes no
 * search. If the mail appears later, the next look finds it.
 */
const MAX_EMPTY_READS = 2;

/** What the server has announced with EXISTS, compared with what was read. */
export class AnnouncedMail {
  /** How many messages the mailbox holds. */
  #exists: number;
  /** Whether the server announced mail that no running command will find. */
  #isAnnounced = false;
  /** How many messages were announced and are not read yet. */
  #expected = 0;
  /** How many searches in a row did not find the announced mail. */
  #emptyLooks = 0;

  constructor(exists: number) {
    this.#exists = exists;
  }

  /** Whether there is mail to read. */
  get isWaiting(): boolean {
    return this.#isAnnounced && this.#emptyLooks < MAX_EMPTY_READS;
  }

  /** Whether all announced mail was found. */
  get isFound(): boolean {
    return !this.#isAnnounced && this.#emptyLooks === 0;
  }

  /** Whether more mail is announced than a watch reads. */
  get isTooMuch(): boolean {
    return this.#expected > MAX_NEW_MAILS;
  }

  /** The pause before the next search; undefined when no announced mail is missing. */
  get lookAgainMs(): number | undefined {
    return LOOK_AGAIN_MS[this.#emptyLooks - 1];
  }

  /** Handles EXISTS. Returns whether it announces new mail. */
  onExists(count: number): boolean {
    const added = count - this.#exists;
    this.#exists = count;
    if (added <= 0) return false;
    this.#isAnnounced = true;
    this.#expected += added;
    return true;
  }

  onExpunge(): void {
    this.#exists = Math.max(this.#exists - 1, 0);
  }

  /** Call when commands are sent that find all mail that is announced now. */
  onReadBegun(): void {
    this.#isAnnounced = false;
  }

  /** Call when a read found no mail. */
  onNothingRead(): void {
    this.#emptyLooks++;
  }

  /**
   * Call when this many new mails were read.
   * @param isMore Whether there is more new mail.
   */
  onRead(count: number, isMore: boolean): void {
    // The difference may be negative: SEARCH also finds mail that is not announced yet.
    this.#expected = Math.max(this.#expected - count, 0);
    this.#isAnnounced = this.#expected > 0 || isMore;
    this.#emptyLooks = 0;
  }

  /** Call when a look has ended. */
  onLooked({ isNew }: { isNew: boolean }): void {
    if (isNew) {
      this.#isAnnounced = true;
      this.#emptyLooks = 0;
    } else if (this.#emptyLooks > 0) {
      this.#emptyLooks = (this.#emptyLooks + 1) % (LOOK_AGAIN_MS.length + 1);
      // No search found the announced messages, so they are not expected any more. They were
      // removed, or the server shows them much later.
      if (this.#emptyLooks === 0) this.#expected = 0;
    }
  }
}
