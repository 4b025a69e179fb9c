import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { SessionFailure } from "../imap/failures/failure.ts";

/** How the login under one name failed. */
export type NameTry = SessionFailure;

export type NamesJudged =
  /** The mail server refused every name. */
  | { result: "refused"; reason: ReasonCode }
  /** Nothing is known about the login. `goesOn`: whether the server may still accept another name. */
  | { result: "unknown"; reason: ReasonCode; goesOn: boolean };

/**
 * The reason that Exchange gives for a name that does not belong to the token, for an account without a mailbox, and
 * at times during a short failure.
 */
const NOT_OPENED = "authenticated_not_connected";

/**
 * Decides what failed logins with one token, under several names, say about the account. Only a refusal counts as
 * refused: a server that is busy or unreachable refuses nobody.
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
