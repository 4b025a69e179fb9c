import type { TokenFields } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";

export type Grant = Pick<TokenFields, "scope" | "refresh_token">;

/**
 * Checks that the grant allows reading mail, and returns its refresh token. If the grant has no
 * `scope`, the provider granted the requested scope (RFC 6749, 5.1).
 *
 * @throws {ConnectFailure} when the grant does not allow reading mail, or has no refresh token.
 */
export function judgeGrant(grant: Grant, mailScope: string | null): string {
  const { scope, refresh_token: refreshToken } = grant;
  // The case of letters is ignored, because Microsoft returns scopes in its own spelling. Some
  // providers separate scopes with commas.
  const granted = scope?.toLowerCase().split(/[\s,]+/);
  if (granted && mailScope !== null && !granted.includes(mailScope.toLowerCase())) {
    throw new ConnectFailure("insufficient_scope", "The granted scope lacks mail");
  }
  if (refreshToken === undefined) {
    throw new ConnectFailure("no_refresh_token", "The answer has no refresh token");
  }
  return refreshToken;
}
