import { encodeBase62 } from "../base62.ts";

/** What de-duplication remembers of a Message-ID: 128 bits of its SHA-256, or null where there is none. */
export async function messageIdHash(messageId: string | null): Promise<string | null> {
  const text = messageId?.trim();
  if (!text) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeBase62(new Uint8Array(digest, 0, 16));
}
