import { createRemoteJWKSet, customFetch, jwksCache, type JWKSCacheInput, jwtVerify } from "jose";
import * as v from "valibot";
import { saysOrAbsent, someText } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";
import { providerFetch } from "../provider-fetch.ts";
import { type Identity, identity } from "./identity.ts";

export interface ExpectedIdToken {
  issuer: string;
  jwksUrl: string;
  clientId: string;
  nonce: string;
}

/**
 * The cached keys of each provider. They are kept as long as the isolate (one running copy of the
 * Worker) runs. Different requests may share them, because they are plain data and not connections.
 */
const keySets = new Map<string, JWKSCacheInput>();

/** The allowed difference between the provider's clock and ours, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

const claims = v.object({
  ...identity.entries,
  iss: v.string(),
  nonce: saysOrAbsent(someText),
  azp: saysOrAbsent(someText),
  tid: saysOrAbsent(someText),
});

/**
 * Verifies an ID token (OpenID Connect Core, 3.1.3.7).
 *
 * @throws {ConnectFailure} or a JOSEError when the token is not genuine, or was issued for another
 * client or another attempt.
 */
export async function verifyIdToken(idToken: string, expected: ExpectedIdToken): Promise<Identity> {
  const { jwksUrl, clientId } = expected;
  const cache = keySets.get(jwksUrl) ?? {};
  keySets.set(jwksUrl, cache);
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    [jwksCache]: cache,
    [customFetch]: providerFetch,
  });
  const { payload } = await jwtVerify(idToken, keys, {
    audience: clientId,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ["exp", "iat", "sub"],
  });
  const parsed = v.safeParse(claims, payload);
  if (!parsed.success) throw wrong("claims");
  const { iss, nonce, azp, tid, ...told } = parsed.output;
  if (iss !== fillIssuer(expected.issuer, tid)) throw wrong("issuer");
  if (nonce !== expected.nonce) throw wrong("nonce");
  // If the claim `azp` is present, it must be our client id (3.1.3.7, 4 and 5).
  if (azp !== undefined && azp !== clientId) throw wrong("azp");
  return told;
}

/**
 * Replaces `{tenantid}` with the token's tenant. Microsoft's issuer is such a template
 * (learn.microsoft.com/entra/identity-platform/access-tokens).
 */
const fillIssuer = (template: string, tenant: string | undefined) =>
  tenant !== undefined && /^[\da-f-]{36}$/i.test(tenant)
    ? template.replace("{tenantid}", tenant)
    : template;

const wrong = (what: string) =>
  new ConnectFailure("provider_error", `The ID token has another ${what} than was expected`);
