import { decodeBase64, encodeBase64, encodeHexLowerCase } from "@oslojs/encoding";
import { isSigningKey, signWith } from "./signing-key.ts";

const SECRET_PREFIX = "whsec_";

/** HMAC-SHA256. */
export type Hmac = (key: Uint8Array, text: string) => Promise<Uint8Array> | Uint8Array;

export const isWebhookSecret = (key: string) => key.startsWith(SECRET_PREFIX);

/**
 * The signature in the body, as SuperIMAP's clients check it: hex HMAC-SHA256 with the partner's
 * API key over `timestamp` and `sha1` put together. It covers the two fields only; the header
 * signature covers the whole body.
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

/** What a Standard Webhooks request is signed over. */
export interface SignedMessage {
  /** The `webhook-id` header: the event id, constant over attempts. */
  id: string;
  /** The `webhook-timestamp` header: seconds, fresh at each attempt. */
  timestampS: number;
  body: string;
}

/** The text that is signed; neither id nor timestamp has a dot. */
export const signedContent = ({ id, timestampS, body }: SignedMessage): string =>
  `${id}.${timestampS}.${body}`;

/**
 * The `webhook-signature` header: one signature for each key, separated by spaces, so that an old
 * and a new key both verify during a rotation.
 *
 * Source: Standard Webhooks 1.0.0, "Signature scheme".
 *
 * @param keys Secrets (`whsec_…`) make `v1`, signing keys (`whsk_…`) make `v1a`.
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

/** A new webhook secret: 32 random bytes. */
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
