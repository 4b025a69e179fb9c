import { Buffer } from "node:buffer";
import * as v from "valibot";
import { envelope } from "../../../shared/users/events.ts";
import type { MailContent } from "../payload/payload.ts";

/** What lies in the stream DEAD, as JSON: an event that could not be delivered, whole. */
export const deadLetter = v.object({
  /** As it lay in EVENTS; text when it cannot be read. */
  event: v.unknown(),
  attempts: v.number(),
  last_error: v.string(),
  /** ISO 8601. */
  died_at: v.string(),
  /** The mail, byte for byte; null when it is too large, is lost, or when the event is no mail. */
  rfc822_base64: v.nullable(v.string()),
  envelope: v.nullable(envelope),
});
export type DeadLetter = v.InferOutput<typeof deadLetter>;

export interface LetterParts {
  event: unknown;
  content: MailContent;
  attempts: number;
  lastError: string;
  diedAtMs: number;
}

/** The stream's limit for one message. */
const MAX_LETTER_BYTES = 8 * 1_024 * 1_024 - 4_096;

/** `Nats-Msg-Id` of a letter; of an event id it is that of its first letter. */
export const letterId = (messageId: string) => `dead:${messageId}`;

/** A letter as it is stored. */
export function writeLetter(parts: LetterParts): Uint8Array {
  const { event, content, attempts, lastError, diedAtMs } = parts;
  const letter: DeadLetter = {
    event,
    attempts,
    last_error: lastError,
    died_at: new Date(diedAtMs).toISOString(),
    rfc822_base64: content.raw && Buffer.from(content.raw).toString("base64"),
    envelope: content.envelope,
  };
  const encode = (whole: DeadLetter) => new TextEncoder().encode(JSON.stringify(whole));
  const bytes = encode(letter);
  // A huge envelope can be read out of the mail again.
  return bytes.byteLength <= MAX_LETTER_BYTES ? bytes : encode({ ...letter, envelope: null });
}
