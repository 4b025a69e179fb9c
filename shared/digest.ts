import { createHash, createHmac } from "node:crypto";

/**
 * Computes a digest on this thread. Web Crypto would use another thread, which costs far more than
 * the digest of a short text.
 *
 * No other file of shared/ needs more than Web APIs. The Worker has `node:crypto` because of its
 * setting `nodejs_compat`.
 *
 * @param parts The parts of the input, in order. Texts are encoded in UTF-8.
 */
export function digest(
  algorithm: "sha1" | "sha256",
  ...parts: readonly (string | Uint8Array)[]
): Uint8Array {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Computes an HMAC-SHA256 on this thread. */
export const hmacSha256 = (key: Uint8Array, text: string): Uint8Array =>
  createHmac("sha256", key).update(text).digest();
