import type { Envelope } from "../../../shared/users/events.ts";

/** What is wanted of a mail. It travels to another process as JSON, and so does the answer. */
export type MailQuestion =
  /** The answer is a `ParsedMail`. */
  | { kind: "parsed"; envelope: Envelope | null; maxAttachmentBytes: number }
  /** The answer is a `LetterText`, or null where the mail cannot be taken apart. */
  | { kind: "letter" };
