/** X-GM-EXT-1 facts. Every copy of a message shares one object, so that labels agree everywhere. */
interface GmailFacts {
  /** Unsigned 64-bit numbers, in decimal. */
  messageId: string;
  threadId: string;
  /** As they go over the wire: system labels like `\Inbox`, others as mailbox names. */
  labels: string[];
}

export interface NewMessage {
  raw: Uint8Array;
  /** Milliseconds since the epoch, whole seconds. */
  internalDate: number;
  flags: Set<string>;
  gmail?: GmailFacts;
}

export interface Message extends NewMessage {
  uid: number;
}
