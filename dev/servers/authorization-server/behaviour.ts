/** The behaviour in which providers differ. It may be changed while the server runs. */
export interface Behaviour {
  /**
   * How a refresh changes the refresh token. `none`: it stays the same. `lenient`: there is a new
   * one, and the old one still works, as with Microsoft. `strict`: there is a new one, and using
   * the old one again revokes the whole grant (RFC 9700, 4.14.2).
   */
  rotation: "none" | "lenient" | "strict";
  accessTokenTtlSeconds: number;
  issueRefreshTokens: boolean;
}

export const newBehaviour = (): Behaviour => ({
  rotation: "none",
  accessTokenTtlSeconds: 3_600,
  issueRefreshTokens: true,
});
