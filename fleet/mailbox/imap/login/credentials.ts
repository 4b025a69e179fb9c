/**
 * SASL mechanisms that use an access token. Google and Microsoft defined XOAUTH2; OAUTHBEARER is
 * the standard (RFC 7628).
 */
export type OAuth2Mechanism = "XOAUTH2" | "OAUTHBEARER";

/** OAuth 1.0a: key and secret of a consumer or of a token (RFC 5849, 1.1). */
export interface OAuth1Pair {
  key: string;
  secret: string;
}

/** Decrypted credentials. They are kept only during a login. */
export type Credentials =
  | { kind: "password"; username: string; password: string }
  | { kind: "oauth2"; username: string; accessToken: string; mechanism: OAuth2Mechanism | null }
  | { kind: "oauth1"; username: string; consumer: OAuth1Pair; token: OAuth1Pair };
