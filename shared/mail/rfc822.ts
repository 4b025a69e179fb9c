import { encodeHexLowerCase } from "@oslojs/encoding";

/**
 * Returns a raw mail as text, as webhooks contain it: decoded as UTF-8, with U+FFFD for every
 * invalid byte. A byte order mark is kept.
 */
export function rfc822Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}

/**
 * Returns the hex SHA-1 of a text in UTF-8. Partners use the hash to distinguish mails; it does not
 * protect against forged mails.
 */
export async function sha1Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return encodeHexLowerCase(new Uint8Array(digest));
}
