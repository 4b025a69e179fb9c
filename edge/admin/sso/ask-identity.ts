import {
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  getValidatedIdTokenClaims,
  processAuthorizationCodeResponse,
  processUserInfoResponse,
  userInfoRequest,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from "oauth4webapi";
import { toSsoRedirectUri } from "./begin-sso.ts";
import type { SsoIdentity } from "./judge-identity.ts";
import { findServer, toRequestOptions, toClient, toClientAuth } from "./identity-provider.ts";
import { type Claims, lacksClaims, readClaims } from "./read-claims.ts";
import type { SsoAttempt } from "./sso-attempt.ts";
import { SsoFailure } from "./sso-failure.ts";
import type { SsoSettings } from "../../sso-settings.ts";

interface SsoAnswer {
  /** The parameters with which the identity provider sent the browser back. */
  parameters: URLSearchParams;
  attempt: SsoAttempt;
  sso: SsoSettings;
  publicUrl: string;
}

/**
 * Exchanges the code for an ID token, and returns whom it names. The token's issuer, audience,
 * times, nonce and signature are verified (OpenID Connect Core, 3.1.3.7).
 *
 * @throws {SsoFailure} or an error of oauth4webapi when the answer is not valid.
 */
export async function askIdentity({
  parameters,
  attempt,
  sso,
  publicUrl,
}: SsoAnswer): Promise<SsoIdentity> {
  const server = await findServer(sso, Date.now());
  const client = toClient(sso);
  const options = toRequestOptions(sso.issuer);
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    toClientAuth(sso, server),
    validateAuthResponse(server, client, parameters, attempt.state),
    toSsoRedirectUri(publicUrl),
    attempt.verifier,
    options,
  );
  const granted = await processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
  });
  await validateApplicationLevelSignature(server, response, options);
  const idToken = getValidatedIdTokenClaims(granted);
  if (!idToken) throw new SsoFailure("provider_error", "The answer has no ID token");
  const roleClaim = sso.roleSource?.claim;
  const { sub: subject } = idToken;
  const more = lacksClaims(idToken, roleClaim)
    ? await askUserinfo(server, client, { subject, accessToken: granted.access_token })
    : {};
  const account = { issuer: server.issuer, subject };
  return readClaims(account, { ...more, ...idToken }, roleClaim);
}

/** Asks for the claims that the ID token does not have. Their subject must be the same. */
async function askUserinfo(
  server: AuthorizationServer,
  client: Client,
  { subject, accessToken }: { subject: string; accessToken: string },
): Promise<Claims> {
  if (server.userinfo_endpoint === undefined) return {};
  const options = toRequestOptions(server.issuer);
  const response = await userInfoRequest(server, client, accessToken, options);
  return processUserInfoResponse(server, client, subject, response);
}
