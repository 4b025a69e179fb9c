import type { Account, ClientMetadata, Configuration } from "oidc-provider";
import type { Behaviour } from "./behaviour.ts";
import {
  type AuthorizationServerSettings,
  MAIL_SCOPE,
  type OauthAccount,
  REDIRECT_PATH,
  SSO_REDIRECT_PATH,
} from "./settings.ts";
import type { TokenStore } from "./token-store.ts";

export interface ConfigurationParts {
  settings: AuthorizationServerSettings;
  behaviour: Behaviour;
  store: TokenStore;
  /** Returns undefined when no account has the address. */
  findAccount(email: string): OauthAccount | undefined;
}

const DAY_SECONDS = 24 * 60 * 60;

/**
 * Returns the configuration of an authorization server like those of mail providers: authorization
 * code flow, PKCE, refresh tokens and revocation.
 */
export function toConfiguration(parts: ConfigurationParts): Configuration {
  const { settings, behaviour, store, findAccount } = parts;
  return {
    adapter: store.adapter,
    clients: toClients(settings),
    jwks: { keys: [{ ...settings.signing_key, use: "sig", alg: "RS256" }] },
    cookies: { keys: [settings.cookie_key] },
    scopes: ["openid", "email", "profile", "offline_access", MAIL_SCOPE],
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified", "preferred_username"],
      profile: ["name", "groups"],
    },
    // Puts the address into the ID token even if the client does not request the claim `email`.
    conformIdTokenClaims: false,
    findAccount: (_context, id) => toOidcAccount(findAccount(id)),
    extraTokenClaims: (_context, token) =>
      "accountId" in token ? { email: token.accountId } : undefined,
    pkce: { required: () => true },
    rotateRefreshToken: () => behaviour.rotation !== "none",
    issueRefreshToken: (_context, _client, code) =>
      behaviour.issueRefreshTokens && code.scopes.has("offline_access"),
    interactions: { url: (_context, { uid }) => `/consent/${uid}` },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: false },
    },
    ttl: {
      AccessToken: () => behaviour.accessTokenTtlSeconds,
      AuthorizationCode: 60,
      Grant: 365 * DAY_SECONDS,
      IdToken: 3_600,
      Interaction: 3_600,
      RefreshToken: 180 * DAY_SECONDS,
      Session: 3_600,
    },
  };
}

function toClients({
  client,
  introspection_client,
}: AuthorizationServerSettings): ClientMetadata[] {
  return [
    {
      client_id: client.id,
      client_secret: client.secret,
      // A native client may use any port in its redirect URI.
      application_type: "native",
      redirect_uris: ["127.0.0.1", "localhost"].flatMap((host) =>
        [REDIRECT_PATH, SSO_REDIRECT_PATH].map((path) => `http://${host}${path}`),
      ),
      response_types: ["code"],
      grant_types: ["authorization_code", "refresh_token"],
    },
    {
      client_id: introspection_client.id,
      client_secret: introspection_client.secret,
      redirect_uris: [],
      response_types: [],
      grant_types: [],
    },
  ];
}

/** Converts an account to the library's format. The id of an account is its address. */
function toOidcAccount(account: OauthAccount | undefined): Account | undefined {
  if (!account) return undefined;
  const { email, email_verified, preferred_username, name, groups, has_bare_id_token } = account;
  return {
    accountId: email,
    claims: (use) => ({
      sub: email,
      ...(!(has_bare_id_token && use === "id_token") && {
        email,
        ...(email_verified !== null && { email_verified }),
        ...(preferred_username !== undefined && { preferred_username }),
        ...(name !== undefined && { name }),
        ...(groups !== undefined && { groups }),
      }),
    }),
  };
}
