import { encodeBase62 } from "../../../../shared/base62.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";

/**
 * Header fields that are equal in two copies of one mail, and usually differ in two different mails
 * with the same Message-ID.
 */
const NAMING_FIELDS = ["date", "from", "subject"];
const LF = 10;
const MAX_HEADER_BYTES = 64 * 1_024;

/**
 * Distinguishes mails with the same Message-ID: 128 bits of SHA-256 over Date, From, Subject and
 * everything after the header. The other header fields are left out, since relays and lists change
 * them.
 *
 * @returns null for a blank mail, which has no identity.
 */
export async function contentHash(source: Uint8Array): Promise<string | null> {
  if (source.every((byte) => byte <= 32)) return null;
  const bodyStart = findBody(source);
  const head = new TextDecoder("latin1").decode(
    source.subarray(0, Math.min(bodyStart, MAX_HEADER_BYTES)),
  );
  return hash(`${namingFields(head)}\n\n`, source.subarray(bodyStart));
}

/** Returns a hash of size and date, to distinguish mails whose bodies are not fetched. */
export function oversizeHash({
  sizeBytes,
  envelope,
  internalDate,
}: MessageHeader): Promise<string> {
  const date = envelope.date ?? internalDate.toISOString();
  return hash(JSON.stringify(["oversize", sizeBytes, date]));
}

/** Returns where the first empty line ends; the whole length if there is none. */
function findBody(source: Uint8Array): number {
  for (let at = source.indexOf(LF); at >= 0; at = source.indexOf(LF, at + 1)) {
    if (source[at + 1] === LF) return at + 2;
    if (source[at + 1] === 13 && source[at + 2] === LF) return at + 3;
  }
  return source.length;
}

/**
 * Returns the lines of the naming fields without white space, since a relay may fold lines
 * differently.
 */
function namingFields(head: string): string {
  const unfolded = head.replaceAll(/\r?\n[ \t]/g, " ").split(/\r?\n/);
  const lines = unfolded.map((line) => line.replaceAll(/\s/g, ""));
  const isNaming = (line: string) =>
    NAMING_FIELDS.includes(line.slice(0, line.indexOf(":")).toLowerCase());
  return lines.filter(isNaming).join("\n");
}

async function hash(name: string, content: Uint8Array = new Uint8Array()): Promise<string> {
  const head = new TextEncoder().encode(name);
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return encodeBase62(new Uint8Array(digest, 0, 16));
}
