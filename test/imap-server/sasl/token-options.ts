/** The account and the rights of an access token. */
export interface TokenWorth {
  /** Null: it has no end that is known. */
  expiresAtMs: number | null;
}

export interface Oauth2Options {
  /** Default: both. */
  mechanisms?: readonly Oauth2Mechanism[];
  /** Asked at each login; null refuses. */
  check(login: string, accessToken: string): Promise<TokenWorth | null>;
  /** Ends a connection when its access token expires, like Gmail. Default: false. */
  endsAtExpiry?: boolean;
}

export type Oauth2Mechanism = "XOAUTH2" | "OAUTHBEARER";

export interface Oauth1Options {
  /**
   * Returns at each login whether the signed request belongs to this login.
   * @param request `GET https://…/b/<login>/imap/ oauth_consumer_key="…",…`
   */
  check(login: string, request: string): Promise<boolean>;
}
