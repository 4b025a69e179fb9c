import * as v from "valibot";
import type { Opener, RowIdentity } from "../../shared/secrets/vault.ts";
import type { OpenLink } from "./open-link.ts";
import { Refusal } from "./refusals.ts";

/**
 * How long an attempt to connect an account stays valid after its link has expired. A person may
 * open the link just before it expires, and then needs time on the provider's pages.
 */
const ATTEMPT_TTL_MS = 30 * 60_000;

/**
 * The data of an attempt to connect an account. It is stored, sealed, while the person is on the
 * provider's pages.
 */
const attemptFields = {
  user_id: v.string(),
  link_id: v.string(),
  success: v.nullable(v.string()),
  failure: v.nullable(v.string()),
  expires_at_ms: v.number(),
};
const attempt = v.object(attemptFields);
export type ConnectAttempt = v.InferOutput<typeof attempt>;

/**
 * The data that the `state` parameter of OAuth 2 contains, sealed. The provider returns the
 * parameter in the callback URL.
 */
export const oauth2Attempt = v.object({
  ...attemptFields,
  /** The cookie value of the browser that began the attempt. */
  browser: v.string(),
  /** The code verifier of PKCE (RFC 7636). */
  verifier: v.string(),
  nonce: v.string(),
});
export type OAuth2Attempt = v.InferOutput<typeof oauth2Attempt>;
export const OAUTH2_ATTEMPT: RowIdentity = "connect/oauth2/attempt";

/**
 * For OAuth 1.0a the attempt is stored in a cookie, because it contains a token secret, which must
 * not be in a URL.
 */
export const oauth1Attempt = v.object({
  ...attemptFields,
  token: v.string(),
  token_secret: v.string(),
});
export type OAuth1Attempt = v.InferOutput<typeof oauth1Attempt>;
export const OAUTH1_ATTEMPT: RowIdentity = "connect/oauth1/attempt";

export const newAttempt = ({ link, callbacks }: OpenLink): ConnectAttempt => ({
  user_id: link.userId,
  link_id: link.linkId,
  success: callbacks.success,
  failure: callbacks.failure,
  // All attempts of a link expire at this time. Until this time, the database keeps the record that
  // the link is spent, so no attempt may be valid longer.
  expires_at_ms: link.expiresAtMs + ATTEMPT_TTL_MS,
});

export interface SealedAttempt<S extends v.GenericSchema<unknown, ConnectAttempt>> {
  row: RowIdentity;
  schema: S;
  sealed: string;
}

/**
 * Opens the sealed data of an attempt.
 * @throws {Refusal} when we did not seal the data, or sealed it for another purpose, or it is too
 * old.
 */
export async function openAttempt<S extends v.GenericSchema<unknown, ConnectAttempt>>(
  vault: Opener,
  { row, schema, sealed }: SealedAttempt<S>,
): Promise<v.InferOutput<S>> {
  const text = await vault.open(row, sealed).catch((cause: unknown) => {
    throw new Refusal("state", { cause });
  });
  const opened = v.parse(schema, JSON.parse(text));
  if (opened.expires_at_ms <= Date.now()) throw new Refusal("state");
  return opened;
}
