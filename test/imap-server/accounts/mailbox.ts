import type { MailboxStore } from "./mail-store.ts";
import type { MailboxMessage, NewMessage } from "./message.ts";

/**
 * A change of a mailbox. Sessions report `messages` and `flags` to their clients. They end at
 * `reset`, which gives the mailbox a new UIDVALIDITY.
 */
export type MailboxChange =
  | { kind: "messages" }
  | { kind: "flags"; uid: number }
  | { kind: "reset" };

export type SpecialUse = "\\All" | "\\Drafts" | "\\Flagged" | "\\Junk" | "\\Sent" | "\\Trash";

/** One IMAP folder: its mail, its UID counter, and the sessions that have it open. */
export class Mailbox {
  readonly name: string;
  readonly specialUse: SpecialUse | undefined;
  uidValidity: number;
  uidNext = 1;
  /** Sorted by ascending UID. */
  messages: MailboxMessage[] = [];
  /**
   * The number of removals so far. A session compares it with the number that it saw last, to find
   * out whether it must send EXPUNGEs.
   */
  expungeCount = 0;
  readonly #store: MailboxStore;
  readonly #watchers = new Set<(change: MailboxChange) => void>();

  constructor(
    { name, specialUse }: { name: string; specialUse?: SpecialUse | undefined },
    freshUidValidity: number,
    store: MailboxStore,
  ) {
    this.name = name;
    this.specialUse = specialUse;
    this.#store = store;
    const stored = store.load();
    this.uidValidity = stored?.uidValidity ?? freshUidValidity;
    this.uidNext = stored?.uidNext ?? 1;
    this.messages = stored?.messages ?? [];
    if (!stored) store.saveIndex(this);
  }

  get largestUid(): number {
    return this.messages.at(-1)?.uid ?? 0;
  }

  find(uid: number): MailboxMessage | undefined {
    let low = 0;
    let high = this.messages.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const message = this.messages[middle];
      if (message === undefined || message.uid === uid) return message;
      if (message.uid < uid) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  append(message: NewMessage): MailboxMessage {
    const added = { ...message, uid: this.uidNext };
    this.#store.saveMessage(this.uidValidity, added);
    this.uidNext += 1;
    this.messages.push(added);
    this.#store.saveIndex(this);
    this.#tell({ kind: "messages" });
    return added;
  }

  expunge(uids: ReadonlySet<number>): void {
    const removed = this.messages.filter(({ uid }) => uids.has(uid));
    if (removed.length === 0) return;
    this.messages = this.messages.filter(({ uid }) => !uids.has(uid));
    this.expungeCount += 1;
    this.#store.saveIndex(this);
    for (const { uid } of removed) this.#store.removeMessage(this.uidValidity, uid);
    this.#tell({ kind: "messages" });
  }

  setFlags(message: MailboxMessage, flags: Set<string>): void {
    message.flags = flags;
    this.#store.saveIndex(this);
    this.#tell({ kind: "flags", uid: message.uid });
  }

  /**
   * Numbers the messages from 1 again, in the same order, and increases the UIDVALIDITY. Returns
   * the new UIDVALIDITY.
   */
  resetUidValidity(): number {
    const before = { uidValidity: this.uidValidity, messages: this.messages };
    this.uidValidity += 1;
    this.messages = before.messages.map((message, index) => ({ ...message, uid: index + 1 }));
    this.uidNext = this.messages.length + 1;
    for (const message of this.messages) this.#store.saveMessage(this.uidValidity, message);
    this.#store.saveIndex(this);
    for (const { uid } of before.messages) this.#store.removeMessage(before.uidValidity, uid);
    this.#tell({ kind: "reset" });
    return this.uidValidity;
  }

  /** Calls `watcher` at each change. @returns a function that stops the calls. */
  watch(watcher: (change: MailboxChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell(change: MailboxChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}
