import * as v from "valibot";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import { formPairs } from "../../../shared/network/form-pairs.ts";
import { saysOrAbsent } from "../../../shared/network/token-fields.ts";
import type { Opener } from "../../../shared/secrets/vault.ts";
import { ConnectFailure } from "../failures.ts";
import { providerFetch } from "../provider-fetch.ts";
import { Refusal } from "../refusals.ts";
import { type KeyAndSecret, signedPost, type UnsignedRequest } from "./sign.ts";

/**
 * A partner's OAuth 1.0a client ("consumer" in the standard) at a provider, with its decrypted
 * secret.
 */
export interface Consumer {
  consumer: KeyAndSecret;
  requestTokenUrl: string;
  authorizeUrl: string;
  accessTokenUrl: string;
}

/**
 * Returns the OAuth client of the connection.
 * @throws {Refusal} when the connection or the provider is not set up.
 */
export async function openConsumer(
  vault: Opener,
  { connection, provider }: LinkedUser,
): Promise<Consumer> {
  const { id, oauth1ConsumerKey: key, sealedOauth1ConsumerSecret: sealed } = connection;
  const requestTokenUrl = provider.oauthRequestTokenUrl;
  const { oauthAuthorizeUrl: authorizeUrl, oauthTokenUrl: accessTokenUrl } = provider;
  if (!key || sealed === null || !requestTokenUrl || !authorizeUrl || !accessTokenUrl) {
    throw new Refusal("not_set_up");
  }
  const secret = await vault.open(`partner_connections/${id}/oauth1_consumer_secret`, sealed);
  return { consumer: { key, secret }, requestTokenUrl, authorizeUrl, accessTokenUrl };
}

const tokenAnswer = v.object({
  oauth_token: v.pipe(v.string(), v.nonEmpty()),
  oauth_token_secret: v.string(),
  oauth_callback_confirmed: v.optional(v.string()),
  /**
   * The account's address. This field is not in the standard, but some providers send it with the
   * token.
   */
  email: saysOrAbsent(v.pipe(v.string(), v.maxLength(320), v.regex(/^[^\s@]+@[^\s@]+$/))),
});

/**
 * Requests a token (RFC 5849, 2.1 and 2.3).
 *
 * @throws {ConnectFailure} when the provider sends no token.
 */
export async function askToken(request: UnsignedRequest) {
  const response = await providerFetch(request.url, await signedPost(request));
  const answer = Object.fromEntries(formPairs(await response.text()) ?? []);
  const parsed = v.safeParse(tokenAnswer, answer);
  if (response.ok && parsed.success) return parsed.output;
  throw new ConnectFailure("provider_error", `The token endpoint answered ${response.status}`);
}

export const toCallbackUrl = (publicUrl: string) => `${publicUrl}/oauth1/callback`;
