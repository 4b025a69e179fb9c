import { holdsNumber, isWithin } from "../parsing/sequence-set.ts";
import type { MessageSet } from "../parsing/command.ts";
import type { Mailbox } from "../accounts/mailbox.ts";
import type { MailboxMessage } from "../accounts/message.ts";
import { ImapSyntaxError } from "../parsing/scanner.ts";

export interface NumberedMessage {
  sequence: number;
  message: MailboxMessage;
}

/**
 * A selected mailbox as the client knows it. Sequence numbers are positions in the client's list:
 * changes shift them only when the client is notified (RFC 3501, section 7.4.1).
 */
export class MailboxView {
  readonly mailbox: Mailbox;
  readonly readOnly: boolean;
  #uids: number[];
  #expungeCount: number;
  #flagChanges: Set<number> | undefined;
  #lag: { knownUid: number; untilMs: number } | undefined;

  constructor(mailbox: Mailbox, readOnly: boolean) {
    this.mailbox = mailbox;
    this.readOnly = readOnly;
    this.#uids = mailbox.messages.map(({ uid }) => uid);
    this.#expungeCount = mailbox.expungeCount;
  }

  get size(): number {
    return this.#uids.length;
  }

  get largestUid(): number {
    return this.#uids.at(-1) ?? 0;
  }

  /**
   * Yields the messages that still exist, in order. Stops before the first message that
   * `lagBehind()` hides.
   */
  *all(): Generator<NumberedMessage> {
    for (const [index, uid] of this.#uids.entries()) {
      if (this.#lagsBehind(uid)) return;
      const message = this.mailbox.find(uid);
      if (message) yield { sequence: index + 1, message };
    }
  }

  /** @throws {ImapSyntaxError} When a sequence number is out of range. */
  select({ by, set }: MessageSet): NumberedMessage[] {
    if (by === "sequence" && !isWithin(set, this.size)) {
      throw new ImapSyntaxError(`No such message: the mailbox has ${this.size}`);
    }
    const largest = by === "uid" ? this.largestUid : this.size;
    const chosen: NumberedMessage[] = [];
    for (const [index, uid] of this.#uids.entries()) {
      if (this.#lagsBehind(uid)) break;
      if (!holdsNumber(set, by === "uid" ? uid : index + 1, largest)) continue;
      const message = this.mailbox.find(uid);
      if (message) chosen.push({ sequence: index + 1, message });
    }
    return chosen;
  }

  /** Hides mail above a UID from FETCH and SEARCH, but not from EXISTS, until the given time. */
  lagBehind(knownUid: number, untilMs: number): void {
    this.#lag = { knownUid, untilMs };
  }

  #lagsBehind(uid: number): boolean {
    return this.#lag !== undefined && uid > this.#lag.knownUid && Date.now() < this.#lag.untilMs;
  }

  flagsChanged(uid: number): void {
    this.#flagChanges ??= new Set();
    this.#flagChanges.add(uid);
  }

  flagsTold(uid: number): void {
    this.#flagChanges?.delete(uid);
  }

  /**
   * Returns the changes that the client does not know yet, as untagged responses without the star.
   * They then count as known.
   *
   * @param mayExpunge False in the answer to FETCH, STORE or SEARCH, whose sequence numbers an
   * EXPUNGE would shift.
   */
  takeUpdates(mayExpunge: boolean): string[] {
    const updates = mayExpunge ? this.#takeExpunges() : [];
    if (this.#takeArrivals()) updates.push(`${this.size} EXISTS`);
    for (const uid of this.#flagChanges ?? []) {
      const message = this.mailbox.find(uid);
      const index = this.#uids.indexOf(uid);
      if (message && index !== -1)
        updates.push(`${index + 1} FETCH (UID ${uid} FLAGS (${[...message.flags].join(" ")}))`);
    }
    this.#flagChanges = undefined;
    return updates;
  }

  /**
   * Lists the removals from the last to the first. In this order, no EXPUNGE changes the number of
   * a message that a later EXPUNGE names.
   */
  #takeExpunges(): string[] {
    if (this.#expungeCount === this.mailbox.expungeCount) return [];
    this.#expungeCount = this.mailbox.expungeCount;
    const isGone = this.#uids.map((uid) => this.mailbox.find(uid) === undefined);
    const expunges = isGone.flatMap((gone, index) => (gone ? [`${index + 1} EXPUNGE`] : []));
    this.#uids = this.#uids.filter((_, index) => !isGone[index]);
    return expunges.toReversed();
  }

  #takeArrivals(): boolean {
    const { messages } = this.mailbox;
    const firstNew = messages.findLastIndex(({ uid }) => uid <= this.largestUid) + 1;
    for (const { uid } of messages.slice(firstNew)) this.#uids.push(uid);
    return firstNew < messages.length;
  }
}
