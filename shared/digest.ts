import { createHash } from "node:crypto";

/**
 * Computes a digest on this thread. Web Crypto moves each call to another thread, which for the
 * texts here costs far more than the digest.
 *
 * The only file of shared/ that needs more than Web APIs: Bun, Deno and Node have `node:crypto`,
 * and so has the Worker, with `nodejs_compat`.
 *
 * @param parts Texts, in UTF-8, and bytes: the digest is that of all in a row.
 */
export function digest(
  algorithm: "sha1" | "sha256",
  ...parts: readonly (string | Uint8Array)[]
): Uint8Array {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
