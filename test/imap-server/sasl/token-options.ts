/** What the server knows about a valid access token. */
export interface TokenWorth {
  /** The time at which the token expires; null when it is not known. */
  expiresAtMs: number | null;
}

export interface Oauth2Options {
  /** The mechanisms that the server offers. Default: both. */
  mechanisms?: readonly Oauth2Mechanism[];
  /** Called at each login. Null refuses the login. */
  check(login: string, accessToken: string): Promise<TokenWorth | null>;
  /** Whether a connection ends when its access token expires, as at Gmail. Default: false. */
  endsAtExpiry?: boolean;
}

export type Oauth2Mechanism = "XOAUTH2" | "OAUTHBEARER";

export interface Oauth1Options {
  /**
   * Called at each login. Returns whether the signed request belongs to this login.
   * @param request `GET https://…/b/<login>/imap/ oauth_consumer_key="…",…`
   */
  check(login: string, request: string): Promise<boolean>;
}
