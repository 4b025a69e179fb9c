import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
} from "oauth4webapi";
import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { findServer } from "./identity-provider.ts";
import { toReturnPath } from "./return-path.ts";
import { giveAttempt, type SsoAttempt } from "./sso-attempt.ts";
import { toSsoFailure } from "./sso-failure.ts";
import type { SsoSettings } from "../../sso-settings.ts";

const factory = createFactory<AppEnv, "/session/sso">();

/** Longer addresses of pages are not kept: cookies have a limit of 4,096 bytes. */
const MAX_PATH = 1_000;

export const toSsoRedirectUri = (publicUrl: string) => `${publicUrl}/admin/sso/callback`;

/**
 * Begins a sign-in at the identity provider: keeps the attempt in a cookie, and returns the address
 * to open. Only our own pages can begin one, so another site cannot sign a browser in.
 */
export const postSso = factory.createHandlers(
  validBody(
    v.strictObject({ return_to: v.pipe(v.string("must be a string"), v.maxLength(10_000)) }),
  ),
  async (c) => {
    const { sso, publicUrl } = c.env;
    if (!sso) throw new AppError("not-found", "Single sign-on is not set up");
    const server = await findServerOrRefuse(c, sso);
    const asked = c.req.valid("json").return_to;
    const attempt: SsoAttempt = {
      state: generateRandomState(),
      nonce: generateRandomNonce(),
      verifier: generateRandomCodeVerifier(),
      returnTo: toReturnPath(asked.length > MAX_PATH ? "" : asked, publicUrl),
    };
    await giveAttempt(c, attempt);
    return c.json({ url: await toAuthorizationUrl(server, attempt, { sso, publicUrl }) }, 200);
  },
);

async function findServerOrRefuse(c: Context<AppEnv>, sso: SsoSettings) {
  try {
    return await findServer(sso, Date.now());
  } catch (error) {
    const failure = toSsoFailure(error);
    if (!failure) throw error;
    c.var.log.warn("sign_in.refused", { sso: failure.code, reason: failure.message });
    throw new AppError(
      "unavailable",
      "Cannot sign in: the identity provider does not answer, or its answer is not valid. The log of the edge has the reason (sign_in.refused)",
      { cause: error },
    );
  }
}

/** Builds the authorization request (OpenID Connect Core, 3.1.2.1, with PKCE). */
async function toAuthorizationUrl(
  server: { authorization_endpoint: string },
  { state, nonce, verifier }: SsoAttempt,
  { sso, publicUrl }: { sso: SsoSettings; publicUrl: string },
): Promise<string> {
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id: sso.clientId,
    redirect_uri: toSsoRedirectUri(publicUrl),
    scope: sso.scopes,
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
