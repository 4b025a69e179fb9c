import { createHash, randomBytes } from "node:crypto";
import * as v from "valibot";
import type { Endpoints } from "../../../dev/servers/authorization-server/endpoints.ts";
import {
  type OauthClient,
  REDIRECT_PATH,
  SCOPES,
} from "../../../dev/servers/authorization-server/settings.ts";
import { type ConsentChoice, walkConsent } from "./consent-walk.ts";

const tokens = v.object({ access_token: v.string(), refresh_token: v.string() });
export type GrantedTokens = v.InferOutput<typeof tokens>;

/**
 * Runs a complete authorization code flow with PKCE. It needs neither a browser nor a running
 * client.
 */
export async function grantTokens(
  endpoints: Endpoints,
  client: OauthClient,
  choice: ConsentChoice,
): Promise<GrantedTokens> {
  const verifier = randomBytes(32).toString("base64url");
  const redirectUri = `http://127.0.0.1${REDIRECT_PATH}`;
  const url = new URL(endpoints.authorize);
  url.search = new URLSearchParams({
    client_id: client.id,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: SCOPES,
    prompt: "consent",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  const end = new URL(await walkConsent(url.href, choice));
  return await requestTokens(endpoints, client, {
    grant_type: "authorization_code",
    code: end.searchParams.get("code") ?? "",
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
}

export const refreshTokens = (endpoints: Endpoints, client: OauthClient, refresh_token: string) =>
  requestTokens(endpoints, client, { grant_type: "refresh_token", refresh_token });

async function requestTokens(
  endpoints: Endpoints,
  client: OauthClient,
  form: Record<string, string>,
): Promise<GrantedTokens> {
  const response = await fetch(endpoints.token, {
    method: "POST",
    body: new URLSearchParams({ ...form, client_id: client.id, client_secret: client.secret }),
  });
  if (!response.ok) throw new Error(`Cannot get tokens: the answer was ${response.status}`);
  return v.parse(tokens, await response.json());
}
