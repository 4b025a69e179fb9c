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

/** A webhook that is not signed yet. */
export interface Unsigned {
  id: string;
  sha1: string;
  renderBody(signature: BodySignature): string;
}

/**
 * Signs a webhook twice, with the current time. The signature in the body covers `timestamp` and
 * `sha1`, as in the old SuperIMAP. The signatures in the headers cover the whole body, as in
 * Standard Webhooks 1.0.0.
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
 * Computes the HMAC on this thread. Web Crypto would move each call to another thread. On a busy
 * machine, the move costs far more than the HMAC.
 */
const hmac: Hmac = (key, text) => createHmac("sha256", key).update(text).digest();
