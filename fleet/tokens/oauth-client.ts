import {
  allowInsecureRequests,
  type AuthorizationServer,
  ClientSecretPost,
  None,
  refreshTokenGrantRequest,
  revocationRequest,
} from "oauth4webapi";
import { toErrorText } from "../../shared/errors.ts";
import { MAX_PROVIDER_ANSWER_BYTES, readBytes } from "../../shared/network/read-bytes.ts";
import { judgeTokenAnswer, type TokenAnswer } from "./token-answer.ts";

/** A partner's OAuth client at a provider, with its decrypted secret. */
export interface OAuthClient {
  id: string;
  /** Null for a public client. */
  secret: string | null;
}

/** Asks for an access token (RFC 6749, 6). Never rejects: a failed request gives `unavailable`. */
export async function requestToken(
  tokenUrl: string,
  client: OAuthClient,
  refreshToken: string,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  try {
    const response = await refreshTokenGrantRequest(
      toServer(tokenUrl, { token_endpoint: tokenUrl }),
      { client_id: client.id },
      toClientAuth(client),
      refreshToken,
      optionsFor(tokenUrl, signal),
    );
    // The library would also check the ID token, which is not used. So the answer is read here.
    const retryAfter = response.headers.get("retry-after");
    return judgeTokenAnswer({
      status: response.status,
      body: await readText(response),
      retryAfter,
    });
  } catch (error) {
    return { kind: "unavailable", found: toErrorText(error), retryAfterMs: null };
  }
}

/** Asks for the revocation of a refresh token (RFC 7009). Rejects when there is no answer. */
export async function requestRevocation(
  revokeUrl: string,
  client: OAuthClient,
  refreshToken: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const options = optionsFor(revokeUrl, signal);
  const response = await revocationRequest(
    toServer(revokeUrl, { revocation_endpoint: revokeUrl }),
    { client_id: client.id },
    toClientAuth(client),
    refreshToken,
    { ...options, additionalParameters: { token_type_hint: "refresh_token" } },
  );
  return { status: response.status, body: await readText(response) };
}

/** Reads the text of an answer. Rejects as soon as the text is too long. */
const readText = async ({ body }: Response): Promise<string> =>
  new TextDecoder().decode(await readBytes(body, MAX_PROVIDER_ANSWER_BYTES));

/**
 * Returns the provider as the OAuth library expects it. The library does not check the issuer in
 * these requests, so the URL's origin is enough.
 */
const toServer = (
  url: string,
  endpoints: Omit<AuthorizationServer, "issuer">,
): AuthorizationServer => ({ issuer: new URL(url).origin, ...endpoints });

const toClientAuth = ({ secret }: OAuthClient) =>
  secret === null ? None() : ClientSecretPost(secret);

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Returns the options of a request. Requests without TLS are allowed only to this machine. */
const optionsFor = (url: string, signal: AbortSignal) => {
  const { protocol, hostname } = new URL(url);
  return { signal, [allowInsecureRequests]: protocol === "http:" && LOOPBACK.has(hostname) };
};
