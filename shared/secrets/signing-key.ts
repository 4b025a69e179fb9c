import {
  decodeBase64,
  decodeBase64urlIgnorePadding,
  encodeBase64,
  encodeBase64urlNoPadding,
} from "@oslojs/encoding";
import { exportJWK, generateKeyPair } from "jose";

/**
 * Prefixes of Ed25519 keys (Standard Webhooks 1.0.0). Base64 follows: after `whsk_` the seed and
 * the public key (64 bytes), after `whpk_` only the public key.
 */
const SECRET_PREFIX = "whsk_";
const PUBLIC_PREFIX = "whpk_";
const HALF_BYTES = 32;
const ALGORITHM = "Ed25519";

export const isSigningKey = (key: string) => key.startsWith(SECRET_PREFIX);
export const isPublicKey = (key: string) => key.startsWith(PUBLIC_PREFIX);

/** Creates a key pair in the format `whsk_…`. */
export async function newSigningKey(): Promise<string> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  const { d = "", x = "" } = await exportJWK(pair.privateKey);
  return (
    SECRET_PREFIX +
    encodeBase64(
      Uint8Array.of(...decodeBase64urlIgnorePadding(d), ...decodeBase64urlIgnorePadding(x)),
    )
  );
}

/** Returns the public key (`whpk_…`), with which receivers verify signatures. */
export const toPublicKey = (signingKey: string): string =>
  PUBLIC_PREFIX + encodeBase64(splitSigningKey(signingKey).publicKey);

export async function signWith(signingKey: string, content: string): Promise<Uint8Array> {
  const { seed, publicKey } = splitSigningKey(signingKey);
  // A private JWK must contain the public key, too (RFC 8037, 2): no runtime can import the seed
  // alone.
  const jwk = { ...toJwk(publicKey), d: encodeBase64urlNoPadding(seed) };
  const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["sign"]);
  return new Uint8Array(
    await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(content)),
  );
}

/**
 * Returns whether the signature was made with this key.
 * @param publicKey `whpk_…`
 */
export async function isSignedWith(
  publicKey: string,
  content: string,
  signature: Uint8Array,
): Promise<boolean> {
  const jwk = toJwk(decodeBase64(publicKey.slice(PUBLIC_PREFIX.length)));
  const key = await crypto.subtle.importKey("jwk", jwk, ALGORITHM, false, ["verify"]);
  const bytes = Uint8Array.from(signature);
  return crypto.subtle.verify(ALGORITHM, key, bytes, new TextEncoder().encode(content));
}

function splitSigningKey(signingKey: string) {
  const bytes = decodeBase64(signingKey.slice(SECRET_PREFIX.length));
  return { seed: bytes.slice(0, HALF_BYTES), publicKey: bytes.slice(HALF_BYTES) };
}

const toJwk = (publicKey: Uint8Array) => ({
  kty: "OKP",
  crv: ALGORITHM,
  x: encodeBase64urlNoPadding(publicKey),
});
