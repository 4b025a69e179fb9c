import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import * as v from "valibot";

export interface WebhookKeys {
  api_key: string;
  webhook_secret: string;
}

const signedBody = v.object({ timestamp: v.number(), sha1: v.string(), signature: v.string() });

/**
 * Returns whether both signatures of a webhook are right: the one in its body and the one in its
 * headers.
 */
export const isWebhookSigned = (keys: WebhookKeys, headers: IncomingHttpHeaders, body: string) =>
  isBodySignedBy(keys.api_key, body) && areHeadersSigned(keys.webhook_secret, headers, body);

/**
 * Returns whether the signature in the body is right: the hex HMAC-SHA256 of `timestamp` followed
 * by `sha1`. The HMAC's key is the API key.
 */
export function isBodySignedBy(apiKey: string, body: string): boolean {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), signedBody), body);
  if (!parsed.success) return false;
  const { timestamp, sha1, signature } = parsed.output;
  const wanted = createHmac("sha256", apiKey).update(`${timestamp}${sha1}`).digest("hex");
  return isEqual(signature, wanted);
}

/** Returns whether one of the `v1` signatures in the headers is right (Standard Webhooks). */
function areHeadersSigned(secret: string, headers: IncomingHttpHeaders, body: string): boolean {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (typeof id !== "string" || typeof signatures !== "string") return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${String(timestamp)}.${body}`);
  const wanted = `v1,${mac.digest("base64")}`;
  return signatures.split(" ").some((signature) => isEqual(signature, wanted));
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
