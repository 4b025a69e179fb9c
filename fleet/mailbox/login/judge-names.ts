import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { SessionFailure } from "../imap/failures/failure.ts";

/** How the login under one name failed. */
export type NameTry = SessionFailure;

export type NamesJudged =
  /** The mail server refused every name. */
  | { result: "refused"; reason: ReasonCode }
  /**
   * It is unknown whether the login is possible. `goesOn`: whether the server may still accept
   * another name.
   */
  | { result: "unknown"; reason: ReasonCode; goesOn: boolean };

/**
 * Exchange gives this reason when the name does not belong to the token, or the account has no
 * mailbox. Sometimes Exchange also gives it during a short outage.
 */
const NOT_OPENED = "authenticated_not_connected";

/**
 * Decides what failed logins with one token under several names mean for the account. Returns
 * `unknown` if the server was busy or could not be reached.
 */
export function judgeNames(tries: readonly NameTry[]): NamesJudged {
  const away = tries.find(({ kind, reason }) => kind !== "auth_failed" && reason !== NOT_OPENED);
  if (away) return { result: "unknown", reason: away.reason, goesOn: false };
  const reasons = tries.map(({ reason }) => reason);
  const [first] = reasons;
  if (first === undefined || reasons.includes(NOT_OPENED)) {
    return {
      result: "unknown",
      reason: first === undefined ? "internal" : NOT_OPENED,
      goesOn: true,
    };
  }
  // Prefers a reason that is more specific than a refused token.
  return {
    result: "refused",
    reason: reasons.find((reason) => reason !== "token_refused") ?? first,
  };
}
