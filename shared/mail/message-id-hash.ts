import { encodeBase62 } from "../base62.ts";

/**
 * Returns the hash of a Message-ID, by which duplicates are found: the first 128 bits of its
 * SHA-256. Returns null when the mail has no Message-ID.
 */
export async function messageIdHash(messageId: string | null): Promise<string | null> {
  const text = messageId?.trim();
  if (!text) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase62(new Uint8Array(digest, 0, 16));
}
