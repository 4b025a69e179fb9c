import type { Endpoints } from "./endpoints.ts";
import { MAIL_SCOPE, SCOPES } from "./settings.ts";

export interface ProviderFlavour {
  /**
   * Whether the provider supports OAuth 2 but not OpenID Connect. If so, the edge requests the
   * email address from the account endpoint, with the access token.
   */
  withoutIdToken?: boolean;
}

export type ProviderColumns = ReturnType<typeof providerColumns>;

/** Returns the columns of imap_providers that describe how to get tokens from this server. */
export function providerColumns(
  endpoints: Endpoints,
  { withoutIdToken = false }: ProviderFlavour = {},
) {
  return {
    kind: "oauth2",
    oauth_authorize_url: endpoints.authorize,
    oauth_token_url: endpoints.token,
    oauth_revoke_url: endpoints.revoke,
    oauth_scopes: withoutIdToken ? SCOPES.replace("openid ", "") : SCOPES,
    oauth_issuer: withoutIdToken ? null : endpoints.issuer,
    oauth_jwks_url: withoutIdToken ? null : endpoints.jwks,
    oauth_userinfo_url: withoutIdToken ? endpoints.account : endpoints.userinfo,
    // Without this prompt, offline_access is not granted (OpenID Connect Core, 11).
    oauth_authorize_params: JSON.stringify({ prompt: "consent" }),
    oauth_mail_scope: MAIL_SCOPE,
    sasl_mechanism: "XOAUTH2",
  };
}
