import { encodeHexLowerCase } from "@oslojs/encoding";

/**
 * A raw mail as the text that webhooks carry: decoded as UTF-8, with every invalid byte replaced by
 * U+FFFD and a byte order mark kept.
 */
export function rfc822Text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: false, ignoreBOM: true }).decode(bytes);
}

/** Hex SHA-1 of a text as UTF-8. Partners tell mails apart by it; it protects nothing. */
export async function sha1Of(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return encodeHexLowerCase(new Uint8Array(digest));
}
