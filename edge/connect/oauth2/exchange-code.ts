import type { Context } from "hono";
import {
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  ResponseBodyError,
  UnsupportedOperationError,
  validateAuthResponse,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
import { errors as joseErrors } from "jose";
import * as v from "valibot";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import { tokenFields } from "../../../shared/network/token-fields.ts";
import type { AppEnv } from "../../app-env.ts";
import type { OAuth2Attempt } from "../attempt.ts";
import { findAccount, type ToldAccount } from "./account-email.ts";
import { openClientAuth, requestOptions, toOAuthClient, toRedirectUri } from "./client.ts";
import { judgeGrant } from "./judge-grant.ts";
import { ConnectFailure, judgeResponse } from "../failures.ts";

export interface GrantedAccount extends ToldAccount {
  accessToken: string;
  refreshToken: string;
}

/**
 * Exchanges the authorization code in the request's URL for tokens.
 * @throws {ConnectFailure} when the exchange fails, or the granted permission does not allow
 * reading the account's mail.
 */
export async function exchangeCode(
  c: Context<AppEnv>,
  linked: LinkedUser,
  attempt: OAuth2Attempt,
): Promise<GrantedAccount> {
  const { provider } = linked;
  const { server, client } = toOAuthClient(linked);
  const parameters = new URL(c.req.url).searchParams;
  // Removes `iss` when it cannot be compared (RFC 9207): when the provider's issuer is not known,
  // or each of its tenants has its own issuer.
  if (provider.oauthIssuer === null || isPerTenant(provider.oauthIssuer)) parameters.delete("iss");
  try {
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      await openClientAuth(c.env.partnerVault, linked),
      validateAuthResponse(server, client, parameters, parameters.get("state") ?? ""),
      toRedirectUri(c.env.publicUrl),
      attempt.verifier,
      requestOptions(server.token_endpoint),
    );
    const { idToken, rest } = await takeIdToken(response);
    const grant = await processAuthorizationCodeResponse(server, client, rest);
    const refreshToken = judgeGrant(grant, provider.oauthMailScope);
    const account = await findAccount(provider, {
      clientId: client.client_id,
      nonce: attempt.nonce,
      accessToken: grant.access_token,
      idToken,
    });
    return { ...account, accessToken: grant.access_token, refreshToken };
  } catch (error) {
    throw toProtocolFailure(error);
  }
}

const tokenAnswer = v.pipe(v.string(), v.parseJson(), tokenFields);

/**
 * Splits a token response, and returns the ID token and the rest of the response. The rest is for
 * the library oauth4webapi. The library must not see the ID token, because it cannot handle an
 * issuer that differs per tenant. Empty fields are removed too, because the library would refuse
 * them.
 */
async function takeIdToken(
  response: Response,
): Promise<{ idToken: string | undefined; rest: Response }> {
  const { status, headers } = response;
  const text = await response.text();
  const parsed = v.safeParse(tokenAnswer, text);
  if (!parsed.success) return { idToken: undefined, rest: new Response(text, { status, headers }) };
  const { id_token: idToken, token_type = "Bearer", ...fields } = parsed.output;
  const rest = JSON.stringify({ ...fields, token_type });
  return { idToken, rest: new Response(rest, { status, headers }) };
}

const isPerTenant = (issuer: string) => issuer.includes("{");

/**
 * Converts an error of the OAuth protocol into a ConnectFailure. Any other error is a bug and is
 * returned unchanged.
 */
function toProtocolFailure(error: unknown): unknown {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const source = error instanceof ResponseBodyError ? "token endpoint" : "authorization endpoint";
    const detail = `The ${source} answered ${toErrorCode(error.error)}`;
    return new ConnectFailure(judgeResponse(error.error), detail, { cause: error });
  }
  const isProtocol =
    error instanceof OperationProcessingError ||
    error instanceof UnsupportedOperationError ||
    error instanceof WWWAuthenticateChallengeError ||
    error instanceof joseErrors.JOSEError;
  if (!isProtocol) return error;
  return new ConnectFailure("provider_error", error.message, { cause: error });
}

/**
 * Returns the error code if it has the form that RFC 6749 defines. Other text from the provider
 * must not be logged.
 */
const toErrorCode = (error: string) =>
  /^[a-z_]{1,64}$/.test(error) ? error : "with an unknown error";
