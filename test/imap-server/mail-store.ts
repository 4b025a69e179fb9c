import type { Message } from "./message.ts";

export interface StoredMailbox {
  uidValidity: number;
  uidNext: number;
  messages: Message[];
}

/** Where one mailbox's mail outlives the process. Every call returns when the change is kept. */
export interface MailboxStore {
  load: () => StoredMailbox | undefined;
  saveMessage: (uidValidity: number, message: Message) => void;
  removeMessage: (uidValidity: number, uid: number) => void;
  /** Makes earlier saves and removals count. Messages must have been saved under `uidValidity`. */
  saveIndex: (mailbox: StoredMailbox) => void;
}

export interface MailStore {
  mailboxNames(address: string): string[];
  open(address: string, mailbox: string): MailboxStore;
}

/** Keeps nothing: the mail lives and ends with the process. */
export const memoryStore: MailStore = {
  mailboxNames: () => [],
  open: () => forgetfulMailbox,
};

const forgetfulMailbox: MailboxStore = {
  load: () => undefined,
  saveMessage: () => undefined,
  removeMessage: () => undefined,
  saveIndex: () => undefined,
};
