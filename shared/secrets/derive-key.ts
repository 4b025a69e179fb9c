import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";

/**
 * Derives an HMAC-SHA256 key for one purpose (HKDF, RFC 5869). There is no salt, because the ring's
 * keys are already random.
 *
 * @param k A key of the partner ring, in base64url as in its JWK.
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
