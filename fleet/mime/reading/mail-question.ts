import type { Envelope } from "../../../shared/users/events.ts";

/** What to read from a mail. Sent to another process as JSON, like the answer. */
export type MailQuestion =
  /** The answer is a `ParsedMail`. */
  | { kind: "parsed"; envelope: Envelope | null; maxAttachmentBytes: number }
  /** The answer is a `LetterText`, or null if the mail cannot be parsed. */
  | { kind: "letter" };
