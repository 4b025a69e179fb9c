import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import * as v from "valibot";

const text = v.string();

/** The OAuth parameters of a request (RFC 5849, section 3.1). */
export const oauthParameters = v.object({
  oauth_consumer_key: text,
  oauth_nonce: v.pipe(text, v.nonEmpty()),
  oauth_signature: text,
  oauth_signature_method: v.literal("HMAC-SHA1"),
  oauth_timestamp: v.pipe(text, v.regex(/^\d{1,15}$/), v.transform(Number)),
  oauth_version: v.literal("1.0"),
  oauth_token: v.exactOptional(text),
  oauth_callback: v.exactOptional(text),
  oauth_verifier: v.exactOptional(text),
});
export type OauthParameters = v.InferOutput<typeof oauthParameters>;

/** The parts of a request that its signature covers. */
export interface SignedRequest {
  method: string;
  url: string;
  oauth: OauthParameters;
  /** The parameters in the body that are not OAuth parameters. */
  form: Readonly<Record<string, string>>;
}

export interface Pair {
  key: string;
  secret: string;
}

/**
 * Parses pairs of the form `name="value"`. The Authorization header (RFC 5849, section 3.5.1) and
 * XOAUTH contain such pairs.
 */
export const parsePairs = (pairs: string): Record<string, string> =>
  Object.fromEntries(
    [...pairs.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      decodeURIComponent(value),
    ]),
  );

/**
 * Returns whether the request is signed by HMAC-SHA1 with these two secrets (RFC 5849, section
 * 3.4.2).
 */
export function isSigned(request: SignedRequest, consumer: Pair, tokenSecret = ""): boolean {
  const { method, url, oauth, form } = request;
  const { oauth_signature: signature, ...signed } = oauth;
  const library = new OAuth({
    consumer,
    signature_method: "HMAC-SHA1",
    hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
  });
  return (
    oauth.oauth_consumer_key === consumer.key &&
    signature === library.getSignature({ method, url, data: form }, tokenSecret, signed)
  );
}
