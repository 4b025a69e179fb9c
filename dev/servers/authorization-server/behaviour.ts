/**
 * How this server behaves where real providers differ from each other. The fields may be changed
 * while the server runs.
 */
export interface Behaviour {
  /**
   * How a refresh changes the refresh token. `none`: the token stays the same. `lenient`: the
   * client gets a new token, and the old one still works, as with Microsoft. `strict`: the client
   * gets a new token, and using the old one again revokes the whole grant (RFC 9700, 4.14.2).
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
