import type { Grants } from "./grants.ts";
import { isSigned, type Pair, type SignedRequest } from "./signed-request.ts";

export interface Oauth1Answer {
  status: number;
  location?: string;
  body?: string;
}

export const refusal = (status: number): Oauth1Answer => ({ status, body: "Refused" });

export interface TokenEndpoints {
  /** Answers a client that asks for a request token (RFC 5849, section 2.1). */
  giveRequestToken(request: SignedRequest): Oauth1Answer;
  /** Answers a client that asks for an access token (RFC 5849, section 2.3). */
  giveAccessToken(request: SignedRequest): Oauth1Answer;
  /** Returns whether the signature is right, the timestamp is recent and the nonce is new. */
  isGenuine(request: SignedRequest, tokenSecret?: string): boolean;
}

const MAX_CLOCK_SKEW_SECONDS = 300;

export function newTokenEndpoints(consumer: Pair, grants: Grants): TokenEndpoints {
  const usedNonces = new Set<string>();

  /** Returns whether the timestamp is recent and the nonce is new (RFC 5849, section 3.3). */
  function isFresh({ oauth }: SignedRequest): boolean {
    const { oauth_nonce: nonce, oauth_timestamp: seconds } = oauth;
    const name = `${seconds} ${nonce}`;
    if (usedNonces.has(name)) return false;
    usedNonces.add(name);
    return Math.abs(Date.now() / 1_000 - seconds) < MAX_CLOCK_SKEW_SECONDS;
  }

  const isGenuine = (request: SignedRequest, tokenSecret?: string) =>
    isSigned(request, consumer, tokenSecret) && isFresh(request);

  return {
    isGenuine,
    giveRequestToken(request) {
      const { oauth_callback: callback } = request.oauth;
      if (callback === undefined || !URL.canParse(callback)) return refusal(400);
      if (!isGenuine(request)) return refusal(401);
      return tokenAnswer(grants.request(callback), { oauth_callback_confirmed: "true" });
    },
    giveAccessToken(request) {
      const { oauth_token: key = "", oauth_verifier: verifier = "" } = request.oauth;
      const asked = grants.findRequest(key);
      if (!asked || !isGenuine(request, asked.secret)) return refusal(401);
      const token = grants.exchange(asked, verifier);
      return token ? tokenAnswer(token, { email: token.email }) : refusal(401);
    },
  };
}

function tokenAnswer({ key, secret }: Pair, more: Record<string, string>): Oauth1Answer {
  const form = { oauth_token: key, oauth_token_secret: secret, ...more };
  return { status: 200, body: new URLSearchParams(form).toString() };
}
