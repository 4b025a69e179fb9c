import { randomBytes } from "node:crypto";
import { startAuthorizationServer } from "../../../dev/servers/authorization-server/authorization-server.ts";
import {
  type Behaviour,
  newBehaviour,
} from "../../../dev/servers/authorization-server/behaviour.ts";
import type { Endpoints } from "../../../dev/servers/authorization-server/endpoints.ts";
import {
  type ProviderColumns,
  type ProviderFlavour,
  providerColumns,
} from "../../../dev/servers/authorization-server/provider-columns.ts";
import {
  MAIL_SCOPE,
  type OauthClient,
  SCOPES,
} from "../../../dev/servers/authorization-server/settings.ts";
import { newRsaKey } from "../../../dev/stack/keys.ts";
import { type ConsentChoice, walkConsent } from "./consent-walk.ts";
import { type EndpointFault, faulty } from "../network/endpoint-fault.ts";
import { grantTokens } from "./grant-tokens.ts";

export interface AuthorizationServerOptions {
  /** The e-mail addresses of the accounts that exist from the start. */
  accounts?: readonly string[];
  rotation?: Behaviour["rotation"];
  accessTokenTtlSeconds?: number;
}

export interface NewAccount {
  emailVerified?: boolean | "unknown";
  preferredUsername?: string;
  name?: string;
  groups?: string[];
  /** Whether only userinfo has the claims. */
  hasBareIdToken?: boolean;
}

/** How the server behaves. A test may change these fields at any time. */
export interface TestBehaviour extends Behaviour {
  /** The fault that token requests get. Null means normal answers. */
  tokenFault: EndpointFault | null;
  revokeFault: EndpointFault | null;
  discoveryFault: EndpointFault | null;
}

export interface RequestCounts {
  authorization_code: number;
  refresh_token: number;
  revoke: number;
  introspect: number;
}

/** A real OAuth authorization server, with faults that a test can turn on. */
export interface TestAuthorizationServer extends AsyncDisposable {
  issuer: string;
  endpoints: Endpoints;
  mailScope: string;
  /** The scopes that a client requests. */
  scopes: string;
  client: OauthClient;
  /** Mail servers use this OAuth client to check access tokens. */
  introspectionClient: OauthClient;
  /** Returns the values of a row in imap_providers for a provider that uses this server. */
  providerColumns(flavour?: ProviderFlavour): ProviderColumns;
  /**
   * Adds an account. If `emailVerified` is "unknown", the ID token does not contain
   * `email_verified`, as with Microsoft.
   */
  addAccount(email: string, options?: NewAccount): void;
  behaviour: TestBehaviour;
  /** Withdraws the user's consent. A refresh is then refused with `invalid_grant`. */
  withdrawConsent(email: string): Promise<void>;
  /** Ends all access tokens of the user immediately. The refresh tokens stay valid. */
  expireAccessTokens(email: string): Promise<void>;
  /** The number of requests of each kind up to now. Requests that got a fault are included. */
  counts(): RequestCounts;
  isRefreshTokenAlive(token: string): Promise<boolean>;
  /**
   * Opens an authorization URL like a browser, and answers on the consent page. Returns the
   * redirect URL of the client, which contains a code or an error.
   */
  authorize(url: string, choice: ConsentChoice): Promise<string>;
  /** Runs a complete authorization code flow. Returns the refresh token. */
  grantRefreshToken(email: string): Promise<string>;
  grantAccessToken(email: string, choice?: Omit<ConsentChoice, "email">): Promise<string>;
}

export async function startTestAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<TestAuthorizationServer> {
  const { accounts = [], ...differing } = options;
  const behaviour = {
    ...newBehaviour(),
    tokenFault: null,
    revokeFault: null,
    discoveryFault: null,
    ...differing,
  };
  const client = newClient("test-partner");
  const introspectionClient = newClient("test-mail-server");
  const counts = { authorization_code: 0, refresh_token: 0, revoke: 0, introspect: 0 };
  const closing = new AbortController();
  const server = await startAuthorizationServer(
    {
      port: 0,
      client,
      introspection_client: introspectionClient,
      signing_key: newRsaKey(),
      cookie_key: newSecret(),
      accounts: accounts.map((email) => ({ email, email_verified: true })),
    },
    { behaviour, middleware: countAndFail(behaviour, counts, closing.signal) },
  );
  const { endpoints, store, provider } = server;
  const removeTokens = (email: string, models: readonly string[]) =>
    store.remove(
      store.listKeys(email).filter((key) => models.some((model) => key.startsWith(`${model}:`))),
    );

  return {
    issuer: endpoints.issuer,
    endpoints,
    mailScope: MAIL_SCOPE,
    scopes: SCOPES,
    client,
    introspectionClient,
    providerColumns: (flavour) => providerColumns(endpoints, flavour),
    addAccount(email, { emailVerified = true, preferredUsername, hasBareIdToken, ...more } = {}) {
      const email_verified = emailVerified === "unknown" ? null : emailVerified;
      const preferred_username = preferredUsername;
      const has_bare_id_token = hasBareIdToken;
      server.accounts.push({
        email,
        email_verified,
        preferred_username,
        has_bare_id_token,
        ...more,
      });
    },
    behaviour,
    withdrawConsent: (email) => removeTokens(email, ["Grant", "RefreshToken", "AccessToken"]),
    expireAccessTokens: (email) => removeTokens(email, ["AccessToken"]),
    counts: () => ({ ...counts }),
    async isRefreshTokenAlive(value) {
      const token = await provider.RefreshToken.find(value);
      if (!token?.isValid || token.grantId === undefined) return false;
      return (await provider.Grant.find(token.grantId)) !== undefined;
    },
    authorize: walkConsent,
    grantRefreshToken: async (email) =>
      (await grantTokens(endpoints, client, { email })).refresh_token,
    grantAccessToken: async (email, choice) =>
      (await grantTokens(endpoints, client, { email, ...choice })).access_token,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server[Symbol.asyncDispose]();
    },
  };
}

function countAndFail(behaviour: TestBehaviour, counts: RequestCounts, closing: AbortSignal) {
  return faulty({
    chooseFault(path) {
      if (path === "/token") return behaviour.tokenFault;
      if (path === "/.well-known/openid-configuration") return behaviour.discoveryFault;
      return path === "/token/revocation" ? behaviour.revokeFault : null;
    },
    onRequest(path, grantType) {
      if (path === "/token/revocation") counts.revoke += 1;
      if (path === "/token/introspection") counts.introspect += 1;
      if (grantType === "authorization_code" || grantType === "refresh_token") {
        counts[grantType] += 1;
      }
    },
    closing,
  });
}

const newSecret = () => randomBytes(24).toString("hex");
const newClient = (id: string): OauthClient => ({ id, secret: newSecret() });
