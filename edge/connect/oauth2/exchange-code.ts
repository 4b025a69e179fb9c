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
import { clientAuthOf, clientOf, redirectUriOf, requestOptions } from "./client.ts";
import { refreshTokenOf } from "./judge-grant.ts";
import { failureOf } from "./protocol-failure.ts";

export interface GrantedAccount extends ToldAccount {
  accessToken: string;
  refreshToken: string;
}

/** @throws {ConnectFailure} when the provider gave less than it takes to read the account's mail. */
export async function exchangeCode(
  c: Context<AppEnv>,
  linked: LinkedUser,
  attempt: OAuth2Attempt,
): Promise<GrantedAccount> {
  const { provider } = linked;
  const { server, client } = clientOf(linked);
  const parameters = new URL(c.req.url).searchParams;
  // Where each tenant has an issuer of its own, or it is not known, it cannot be compared (RFC 9207).
  if (provider.oauthIssuer === null || isPerTenant(provider.oauthIssuer)) parameters.delete("iss");
  try {
    const response = await authorizationCodeGrantRequest(
      server,
      client,
      await clientAuthOf(c.env.partnerVault, linked),
      validateAuthResponse(server, client, parameters, parameters.get("state") ?? ""),
      redirectUriOf(c.env.publicUrl),
      attempt.verifier,
      requestOptions(server.token_endpoint),
    );
    const { idToken, rest } = await takeIdToken(response);
    const grant = await processAuthorizationCodeResponse(server, client, rest);
    const refreshToken = refreshTokenOf(grant, provider.oauthMailScope);
    const account = await findAccount(provider, {
      clientId: client.client_id,
      nonce: attempt.nonce,
      accessToken: grant.access_token,
      idToken,
    });
    return { ...account, accessToken: grant.access_token, refreshToken };
  } catch (error) {
    throw failureOf(error);
  }
}

const tokenAnswer = v.pipe(v.string(), v.parseJson(), tokenFields);

/**
 * Reads an answer that grants a token. The rest of it is for oauth4webapi: without the fields that say nothing, which it
 * would refuse, and without the ID token, since it knows no issuer that is different for each tenant.
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
