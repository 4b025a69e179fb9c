import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";

/**
 * A key for HMAC-SHA256 that serves one purpose only (RFC 5869, with no salt: the ring's keys are
 * random already).
 *
 * @param k A key of the partner ring, as its JWK has it.
 */
export async function deriveKey(k: string, purpose: string) {
  const secret = new Uint8Array(decodeBase64urlIgnorePadding(k));
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode(purpose);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    key,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
