import {
  allowInsecureRequests,
  type AuthorizationServer,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  customFetch,
  discoveryRequest,
  None,
  processDiscoveryResponse,
} from "oauth4webapi";
import {
  boundedFetch,
  type BoundedRequest,
  isLoopbackUrl,
  isTemporary,
  UnreachableError,
} from "../../bounded-fetch.ts";
import { SsoFailure } from "./sso-failure.ts";
import type { SsoSettings } from "../../sso-settings.ts";

/** How long the provider's metadata is used before it is read again. */
const METADATA_VALID_MS = 10 * 60_000;

/** The allowed difference between the provider's clock and ours, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

/**
 * The metadata of the identity provider. Different requests may share it, because it is plain data
 * and not a connection. The library keeps the provider's keys with it.
 */
let known: { issuer: string; server: IdentityProvider; readAtMs: number } | undefined;

type IdentityProvider = AuthorizationServer & { authorization_endpoint: string };

/**
 * Returns the metadata of the identity provider (OpenID Connect Discovery, 4).
 * @throws {SsoFailure} or an error of oauth4webapi when the provider is unreachable or its answer is
 * not valid.
 */
export async function findServer(
  { issuer }: SsoSettings,
  nowMs: number,
): Promise<IdentityProvider> {
  if (known?.issuer === issuer && nowMs - known.readAtMs < METADATA_VALID_MS) return known.server;
  const url = new URL(issuer);
  const response = await discoveryRequest(url, toRequestOptions(issuer));
  const metadata = await processDiscoveryResponse(url, response);
  const { authorization_endpoint = "" } = metadata;
  if (!isPage(authorization_endpoint, issuer)) {
    throw new SsoFailure("provider_error", "The metadata names no authorization endpoint");
  }
  const server = { ...metadata, authorization_endpoint };
  known = { issuer, server, readAtMs: nowMs };
  return server;
}

/** Whether a browser may be sent to this address: it must not be a script, for example. */
const isPage = (url: string, issuer: string): boolean =>
  url.startsWith("https://") || (isLoopbackUrl(issuer) && URL.canParse(url) && isLoopbackUrl(url));

export const toClient = ({ clientId }: SsoSettings): Client => ({
  client_id: clientId,
  [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
});

/**
 * Returns how the client authenticates itself: with HTTP Basic, unless the provider supports only
 * the other form of a secret.
 */
export function toClientAuth(
  { clientSecret }: SsoSettings,
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
): ClientAuth {
  if (clientSecret === undefined) return None();
  const takesBasic = methods === undefined || methods.includes("client_secret_basic");
  return takesBasic ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret);
}

/** The options of each request. Plain HTTP is allowed only to a provider on this machine. */
export const toRequestOptions = (issuer: string) => ({
  [customFetch]: fetchFromProvider,
  [allowInsecureRequests]: isLoopbackUrl(issuer),
});

/** @throws {SsoFailure} when the provider is unreachable or temporarily unavailable. */
async function fetchFromProvider(url: string, request: BoundedRequest): Promise<Response> {
  const answer = await boundedFetch(url, request).catch((cause: unknown) => {
    if (!(cause instanceof UnreachableError)) throw cause;
    throw new SsoFailure("unreachable", cause.message, { cause });
  });
  if (isTemporary(answer.status)) {
    throw new SsoFailure("unreachable", `${new URL(url).host} answered ${answer.status}`);
  }
  return answer;
}
