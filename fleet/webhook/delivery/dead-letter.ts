import { Buffer } from "node:buffer";
import * as v from "valibot";
import { envelope } from "../../../shared/users/events.ts";
import type { MailContent } from "../payload/payload.ts";

/** A message in the stream DEAD, as JSON: a complete event that could not be delivered. */
export const deadLetter = v.object({
  /** The event from EVENTS, or its plain text if it could not be parsed. */
  event: v.unknown(),
  attempts: v.number(),
  last_error: v.string(),
  /** When the event was given up, in ISO 8601. */
  died_at: v.string(),
  /** The raw mail; null if it is too large or lost, or if the event is not mail. */
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

/** The maximum size of a letter: just below the stream's limit for one message. */
const MAX_LETTER_BYTES = 8 * 1_024 * 1_024 - 4_096;

/**
 * Returns the `Nats-Msg-Id` of a letter, from that of its event. For the first publication of an
 * event, `messageId` is the plain event id.
 */
export const letterId = (messageId: string) => `dead:${messageId}`;

/** Encodes a letter for the stream DEAD. */
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
  // A huge envelope is left out: it can be parsed from the mail again.
  return bytes.byteLength <= MAX_LETTER_BYTES ? bytes : encode({ ...letter, envelope: null });
}
