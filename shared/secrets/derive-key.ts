import { decodeBase64urlIgnorePadding } from "@oslojs/encoding";

/**
 * Derives an HMAC-SHA256 key for one purpose (HKDF, RFC 5869). There is no salt, because the ring's
 * keys are already random.
 *
 * @param k A key of the partner ring, in base64url as in its JWK.
 */
export async function deriveKey(k: string, purpose: string): Promise<Uint8Array> {
  const secret = new Uint8Array(decodeBase64urlIgnorePadding(k));
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode(purpose);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf, key, 256));
}
