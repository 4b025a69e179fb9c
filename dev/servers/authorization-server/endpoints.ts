export interface Endpoints {
  issuer: string;
  authorize: string;
  token: string;
  revoke: string;
  userinfo: string;
  introspect: string;
  jwks: string;
  /**
   * Replaces userinfo for a provider without OpenID Connect. It returns `{email, email_verified}`
   * for a Bearer token.
   */
  account: string;
}

/** Returns the endpoints, with the paths of `oidc-provider`. */
export const toEndpoints = (issuer: string): Endpoints => ({
  issuer,
  authorize: `${issuer}/auth`,
  token: `${issuer}/token`,
  revoke: `${issuer}/token/revocation`,
  userinfo: `${issuer}/me`,
  introspect: `${issuer}/token/introspection`,
  jwks: `${issuer}/jwks`,
  account: `${issuer}/account`,
});
