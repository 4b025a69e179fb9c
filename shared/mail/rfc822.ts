import { encodeHexLowerCase } from "@oslojs/encoding";
import { digest } from "../digest.ts";

/**
 * Returns a raw mail as text, as webhooks contain it: decoded as UTF-8, with U+FFFD for every
 * invalid byte. A byte order mark is kept.
 */
export function rfc822Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}

/**
 * Returns the hex SHA-1 of bytes, or of a text in UTF-8. Partners use the hash to distinguish
 * mails; it does not protect against forged mails.
 */
export const sha1Hex = (text: string | Uint8Array): string =>
  encodeHexLowerCase(digest("sha1", text));
