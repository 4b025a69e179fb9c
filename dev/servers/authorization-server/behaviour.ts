/**
 * How this server behaves where real providers differ from each other. The fields may be changed
 * while the server runs.
 */
export interface Behaviour {
  /**
   * How a refresh changes the refresh token:
   *
   * - `none`: It stays the same.
   * - `lenient`: The client gets a new token. The old one still works, as with Microsoft.
   * - `strict`: The client gets a new token. A second use of the old one revokes the whole grant
   *   (RFC 9700, 4.14.2).
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
