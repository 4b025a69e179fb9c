import type { TokenFields } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";

export type Grant = Pick<TokenFields, "scope" | "refresh_token">;

/**
 * The refresh token of a grant that includes mail. An absent scope is the one that was asked for
 * (RFC 6749, 5.1).
 *
 * @throws {ConnectFailure} for a grant that mail cannot be read with, or not for long.
 */
export function refreshTokenOf(grant: Grant, mailScope: string | null): string {
  const { scope, refresh_token: refreshToken } = grant;
  // Microsoft repeats scopes in a spelling of its own, and some separate them with commas.
  const granted = scope?.toLowerCase().split(/[\s,]+/);
  if (granted && mailScope !== null && !granted.includes(mailScope.toLowerCase())) {
    throw new ConnectFailure("insufficient_scope", "The granted scope lacks mail");
  }
  if (refreshToken === undefined) {
    throw new ConnectFailure("no_refresh_token", "The answer has no refresh token");
  }
  return refreshToken;
}
