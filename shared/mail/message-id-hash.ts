import { encodeBase62 } from "../base62.ts";
import { digest } from "../digest.ts";

/**
 * Returns the hash of a Message-ID, by which duplicates are found: the first 128 bits of its
 * SHA-256. Returns null when the mail has no Message-ID.
 */
export function messageIdHash(messageId: string | null): string | null {
  const text = messageId?.trim();
  return text ? encodeBase62(digest("sha256", text).subarray(0, 16)) : null;
}
