import { createHmac } from "node:crypto";
import { bodySignature, type Hmac, webhookSignature } from "../../../shared/secrets/signatures.ts";
import type { SigningKeys } from "./partner-keys.ts";
import type { BodySignature } from "../payload/payload.ts";
import manifest from "../../../package.json" with { type: "json" };

/** The User-Agent of every webhook. */
const USER_AGENT = `SuperIMAP/${manifest.version}`;

export interface PreparedWebhook {
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What to send, before it is signed. */
export interface Unsigned {
  id: string;
  sha1: string;
  renderBody(signature: BodySignature): string;
}

/**
 * Signs a webhook twice, with the current time: once in its body, over two fields of the body, as
 * SuperIMAP did; and once in its headers, over the whole body, as in Standard Webhooks 1.0.0.
 */
export async function signRequest(
  unsigned: Unsigned,
  keys: SigningKeys,
  nowMs: number,
): Promise<PreparedWebhook> {
  const { id, sha1 } = unsigned;
  const timestampS = Math.floor(nowMs / 1_000);
  const signature = await bodySignature(keys.apiKey, timestampS, sha1, hmac);
  const body = unsigned.renderBody({ timestampS, signature });
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": USER_AGENT,
      "webhook-id": id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": await webhookSignature({ id, timestampS, body }, keys.headerKeys, hmac),
    },
    body,
  };
}

/**
 * Computes the HMAC on this thread. Web Crypto moves each call to another thread, which on a busy
 * machine costs far more than the HMAC.
 */
const hmac: Hmac = (key, text) => createHmac("sha256", key).update(text).digest();
