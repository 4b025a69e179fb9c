import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretPost,
  customFetch,
  None,
} from "oauth4webapi";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import type { Opener } from "../../../shared/secrets/vault.ts";
import { isLoopbackUrl } from "../../bounded-fetch.ts";
import { providerFetch } from "../provider-fetch.ts";
import { Refusal } from "../refusals.ts";

/** A partner's OAuth client at a provider, in the types of the library oauth4webapi. */
export interface ProviderClient {
  server: AuthorizationServer & { authorization_endpoint: string; token_endpoint: string };
  client: Client;
  scopes: string;
}

/**
 * Returns the OAuth client of the connection.
 * @throws {Refusal} when the connection or the provider is not set up.
 */
export function toOAuthClient({ connection, provider }: LinkedUser): ProviderClient {
  const { oauthAuthorizeUrl, oauthTokenUrl, oauthScopes, oauthIssuer } = provider;
  const { oauth2ClientId } = connection;
  if (!oauth2ClientId || !oauthAuthorizeUrl || !oauthTokenUrl || !oauthScopes) {
    throw new Refusal("not_set_up");
  }
  return {
    server: {
      issuer: oauthIssuer ?? new URL(oauthTokenUrl).origin,
      authorization_endpoint: oauthAuthorizeUrl,
      token_endpoint: oauthTokenUrl,
    },
    client: { client_id: oauth2ClientId },
    scopes: oauthScopes,
  };
}

/**
 * Returns how the client authenticates itself. A client without a secret is a public client; PKCE
 * protects it.
 */
export async function openClientAuth(
  vault: Opener,
  { connection }: LinkedUser,
): Promise<ClientAuth> {
  const { id, sealedOauth2ClientSecret } = connection;
  if (sealedOauth2ClientSecret === null) return None();
  const row = `partner_connections/${id}/oauth2_client_secret` as const;
  return ClientSecretPost(await vault.open(row, sealedOauth2ClientSecret));
}

export const requestOptions = (url: string) => ({
  [customFetch]: providerFetch,
  [allowInsecureRequests]: isLoopbackUrl(url),
});

export const toRedirectUri = (publicUrl: string) => `${publicUrl}/oauth2/callback`;
