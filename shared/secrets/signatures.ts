import { decodeBase64, encodeBase64, encodeHexLowerCase } from "@oslojs/encoding";
import { isSigningKey, signWith } from "./signing-key.ts";

const SECRET_PREFIX = "whsec_";

/** Computes an HMAC-SHA256. */
export type Hmac = (key: Uint8Array, text: string) => Promise<Uint8Array> | Uint8Array;

export const isWebhookSecret = (key: string) => key.startsWith(SECRET_PREFIX);

/**
 * Returns the signature in a webhook's body, which clients of SuperIMAP check: the hex HMAC-SHA256
 * of `timestamp` and `sha1`, without a separator. The partner's API key is the HMAC key. Only the
 * signature in the header protects the whole body.
 *
 * @param timestampS Seconds since the epoch.
 */
export async function bodySignature(
  apiKey: string,
  timestampS: number,
  sha1: string,
  hmac: Hmac = hmacSha256,
): Promise<string> {
  const mac = await hmac(new TextEncoder().encode(apiKey), `${timestampS}${sha1}`);
  return encodeHexLowerCase(mac);
}

/** The parts of a Standard Webhooks request that the signature covers. */
export interface SignedMessage {
  /** The `webhook-id` header: the event id, the same for all attempts. */
  id: string;
  /** The `webhook-timestamp` header, in seconds since the epoch. Each attempt has its own. */
  timestampS: number;
  body: string;
}

/** Returns the text to sign. The dots are unambiguous, because id and timestamp contain none. */
export const signedContent = ({ id, timestampS, body }: SignedMessage): string =>
  `${id}.${timestampS}.${body}`;

/**
 * Returns the `webhook-signature` header (Standard Webhooks 1.0.0, "Signature scheme"): one
 * signature per key, separated by spaces. During a rotation, receivers can verify it with the old
 * or the new key.
 *
 * @param keys Secrets (`whsec_…`) give `v1` signatures, signing keys (`whsk_…`) give `v1a`
 * signatures.
 */
export async function webhookSignature(
  message: SignedMessage,
  keys: readonly string[],
  hmac: Hmac = hmacSha256,
): Promise<string> {
  const content = signedContent(message);
  return (await Promise.all(keys.map((key) => signatureBy(key, content, hmac)))).join(" ");
}

async function signatureBy(key: string, content: string, hmac: Hmac): Promise<string> {
  if (isSigningKey(key)) return `v1a,${encodeBase64(await signWith(key, content))}`;
  const mac = await hmac(decodeBase64(key.slice(SECRET_PREFIX.length)), content);
  return `v1,${encodeBase64(mac)}`;
}

/** Creates a webhook secret: 32 random bytes. */
export function newWebhookSecret(): string {
  return SECRET_PREFIX + encodeBase64(crypto.getRandomValues(new Uint8Array(32)));
}

async function hmacSha256(key: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", Uint8Array.from(key), algorithm, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}
