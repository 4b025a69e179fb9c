/** SASL mechanisms that take an access token: of Google and Microsoft, and of RFC 7628. */
export type OAuth2Mechanism = "XOAUTH2" | "OAUTHBEARER";

/** OAuth 1.0a: a key and its secret, of a consumer or of a token (RFC 5849, 1.1). */
export interface OAuth1Pair {
  key: string;
  secret: string;
}

/** Opened credentials: kept for as long as a login takes, and no longer. */
export type Credentials =
  | { kind: "password"; username: string; password: string }
  | { kind: "oauth2"; username: string; accessToken: string; mechanism: OAuth2Mechanism | null }
  | { kind: "oauth1"; username: string; consumer: OAuth1Pair; token: OAuth1Pair };
