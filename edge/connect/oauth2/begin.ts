import type { Context } from "hono";
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
} from "oauth4webapi";
import type { AppEnv } from "../../app-env.ts";
import { newAttempt, OAUTH2_ATTEMPT, type OAuth2Attempt } from "../attempt.ts";
import { markBrowser } from "../browser-cookie.ts";
import type { OpenLink } from "../open-link.ts";
import { toOAuthClient, toRedirectUri } from "./client.ts";

/**
 * Redirects the browser to the provider (RFC 6749, 4.1.1, with PKCE). Nothing changes in the
 * database yet.
 */
export async function beginOAuth2(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { server, client, scopes } = toOAuthClient(opened);
  const attempt: OAuth2Attempt = {
    ...newAttempt(c, opened),
    browser: markBrowser(c),
    verifier: generateRandomCodeVerifier(),
    nonce: generateRandomNonce(),
  };
  const hasIdToken = scopes.split(" ").includes("openid");
  const parameters = {
    ...opened.provider.oauthAuthorizeParams,
    ...(opened.user.email !== null && { login_hint: opened.user.email }),
    ...(hasIdToken && { nonce: attempt.nonce }),
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: toRedirectUri(c.env.publicUrl),
    scope: scopes,
    state: await c.env.partnerVault.seal(OAUTH2_ATTEMPT, JSON.stringify(attempt)),
    code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: "S256",
  };
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return c.redirect(url.href, 303);
}
