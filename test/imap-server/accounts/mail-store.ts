import type { MailboxMessage } from "./message.ts";

export interface StoredMailbox {
  uidValidity: number;
  uidNext: number;
  messages: MailboxMessage[];
}

/**
 * Persistent storage for one mailbox. When a function that changes the mailbox returns, the change
 * is stored.
 */
export interface MailboxStore {
  load: () => StoredMailbox | undefined;
  saveMessage: (uidValidity: number, message: MailboxMessage) => void;
  removeMessage: (uidValidity: number, uid: number) => void;
  /**
   * Stores which messages the mailbox contains, and their flags. Before this call, saveMessage()
   * must have stored each of these messages under the mailbox's UIDVALIDITY.
   */
  saveIndex: (mailbox: StoredMailbox) => void;
}

export interface MailStore {
  mailboxNames(address: string): string[];
  open(address: string, mailbox: string): MailboxStore;
}

/** Stores nothing: mail exists only in the memory of the process. */
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
