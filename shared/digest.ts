import { createHash } from "node:crypto";

/**
 * Computes a digest on this thread. Web Crypto moves each call to another thread. For a short text,
 * this costs far more than the digest.
 *
 * This is the only file of shared/ that needs more than Web APIs. It needs `node:crypto`. Bun, Deno
 * and Node have this module; the Worker has it because of its setting `nodejs_compat`.
 *
 * @param parts The parts of the input, one after another: bytes, or texts, which are encoded in
 * UTF-8.
 */
export function digest(
  algorithm: "sha1" | "sha256",
  ...parts: readonly (string | Uint8Array)[]
): Uint8Array {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}
