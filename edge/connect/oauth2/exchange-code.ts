import type { Context } from "hono";
import {
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from "oauth4webapi";
import * as v from "valibot";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import { tokenFields } from "../../../shared/network/token-fields.ts";
import type { AppEnv } from "../../app-env.ts";
import type { OAuth2Attempt } from "../attempt.ts";
import { findAccount, type ToldAccount } from "./account-email.ts";
import { openClientAuth, requestOptions, toOAuthClient, toRedirectUri } from "./client.ts";
import { judgeGrant } from "./judge-grant.ts";
import { toProtocolFailure } from "./protocol-failure.ts";

export interface GrantedAccount extends ToldAccount {
  accessToken: string;
  refreshToken: string;
}

/**
 * Exchanges the code of a callback for tokens.
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
 * Removes the ID token from a token response, and returns it and the rest of the response. The rest
 * is for oauth4webapi. The library cannot handle an issuer that differs per tenant, so it must not
 * see the ID token. Empty fields are removed too, because the library would refuse them.
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
