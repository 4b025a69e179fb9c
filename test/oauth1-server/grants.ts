import { randomBytes } from "node:crypto";
import type { Pair } from "./signed-request.ts";

interface RequestToken extends Pair {
  callback: string;
  /** Set when a person has consented. */
  allowed?: { email: string; verifier: string };
}

/**
 * The tokens of all clients. A client gets a request token first, and exchanges it for an access
 * token after the consent (RFC 5849, section 2).
 */
export interface Grants {
  request(callback: string): Pair;
  findRequest(key: string): RequestToken | undefined;
  /** Records that a person has consented. Returns the URL to which the browser is redirected. */
  allow(token: RequestToken, email: string): string;
  refuse(token: RequestToken): string;
  /**
   * Exchanges a request token for an access token. This works only once. Returns undefined if no
   * person has consented or the verifier is wrong.
   */
  exchange(token: RequestToken, verifier: string): (Pair & { email: string }) | undefined;
  issue(email: string): Pair;
  /**
   * Returns the secret of an access token. Returns undefined if the token does not belong to this
   * account or was withdrawn.
   */
  findSecret(email: string, key: string): string | undefined;
  withdraw(email: string): void;
}

const newText = () => randomBytes(12).toString("hex");
const newPair = (): Pair => ({ key: newText(), secret: newText() });

export function newGrants(): Grants {
  const requests = new Map<string, RequestToken>();
  const tokens = new Map<string, Pair & { email: string }>();

  const backTo = (callback: string, parameters: Record<string, string>) => {
    const url = new URL(callback);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  };
  const issue = (email: string) => {
    const token = { ...newPair(), email };
    tokens.set(token.key, token);
    return token;
  };

  return {
    request(callback) {
      const token = { ...newPair(), callback };
      requests.set(token.key, token);
      return token;
    },
    findRequest: (key) => requests.get(key),
    allow(token, email) {
      const verifier = newText();
      token.allowed = { email, verifier };
      return backTo(token.callback, { oauth_token: token.key, oauth_verifier: verifier });
    },
    // RFC 5849 does not define a refusal. Well-known providers behave like this.
    refuse(token) {
      requests.delete(token.key);
      return backTo(token.callback, { denied: token.key });
    },
    exchange(token, verifier) {
      if (token.allowed?.verifier !== verifier) return undefined;
      requests.delete(token.key);
      return issue(token.allowed.email);
    },
    issue,
    findSecret(email, key) {
      const token = tokens.get(key);
      return token?.email === email ? token.secret : undefined;
    },
    withdraw(email) {
      for (const [key, token] of tokens) if (token.email === email) tokens.delete(key);
    },
  };
}
