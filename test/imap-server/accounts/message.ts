/**
 * The data of a message for X-GM-EXT-1, Gmail's IMAP extension. All copies of a message share one
 * object, so they have the same labels.
 */
interface GmailFacts {
  /** `messageId` and `threadId` are unsigned 64-bit numbers in decimal. */
  messageId: string;
  threadId: string;
  /**
   * The labels in the form of X-GM-LABELS: system labels like `\Inbox`, and the names of mailboxes.
   */
  labels: string[];
}

export interface NewMessage {
  raw: Uint8Array;
  /** Milliseconds since the epoch, a multiple of 1,000. */
  internalDate: number;
  flags: Set<string>;
  gmail?: GmailFacts;
}

export interface MailboxMessage extends NewMessage {
  uid: number;
}
