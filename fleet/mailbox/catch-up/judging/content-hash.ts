import { isUtf8 } from "node:buffer";
import { encodeBase62 } from "../../../../shared/base62.ts";
import { digest } from "../../../../shared/digest.ts";
import { rfc822Text, sha1Hex } from "../../../../shared/mail/rfc822.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";

/**
 * These header fields are equal in all copies of one mail. They usually differ in different mails
 * with the same Message-ID.
 */
const NAMING_FIELDS = ["date", "from", "subject"];
const LF = 10;
const MAX_HEADER_BYTES = 64 * 1_024;

/**
 * Returns the hex SHA-1 of the text that the partner receives. If a mail is valid UTF-8, as most
 * are, the text has the mail's bytes.
 */
export const textSha1 = (source: Uint8Array): string =>
  sha1Hex(isUtf8(source) ? source : rfc822Text(source));

/**
 * Returns a hash that distinguishes mails with the same Message-ID: 128 bits of SHA-256. It covers
 * Date, From, Subject and everything after the header. Relays and lists change the other header
 * fields.
 *
 * @returns null for a blank mail: nothing distinguishes it from other blank mails.
 */
export function contentHash(source: Uint8Array): string | null {
  if (source.every((byte) => byte <= 32)) return null;
  const bodyStart = findBody(source);
  const head = new TextDecoder("latin1").decode(
    source.subarray(0, Math.min(bodyStart, MAX_HEADER_BYTES)),
  );
  return hash(`${namingFields(head)}\n\n`, source.subarray(bodyStart));
}

/** Returns a hash of size and date, to distinguish mails whose bodies are not fetched. */
export function oversizeHash({ sizeBytes, envelope, internalDate }: MessageHeader): string {
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
 * Returns the header lines of the fields in NAMING_FIELDS. Removes all white space, because a relay
 * may break long lines at other places.
 */
function namingFields(head: string): string {
  const unfolded = head.replaceAll(/\r?\n[ \t]/g, " ").split(/\r?\n/);
  const lines = unfolded.map((line) => line.replaceAll(/\s/g, ""));
  const isNaming = (line: string) =>
    NAMING_FIELDS.includes(line.slice(0, line.indexOf(":")).toLowerCase());
  return lines.filter(isNaming).join("\n");
}

const hash = (...parts: readonly (string | Uint8Array)[]): string =>
  encodeBase62(digest("sha256", ...parts).subarray(0, 16));
