/** What providers do differently. May change while the server runs. */
export interface Behaviour {
  /**
   * What a refresh does to the refresh token. `none`: it stays. `lenient`: there is a new one, and
   * the old one goes on working, as Microsoft's does. `strict`: there is a new one, and who uses the
   * old one again loses the whole grant (RFC 9700, 4.14.2).
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
