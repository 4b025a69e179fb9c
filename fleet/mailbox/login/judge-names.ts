import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { Failure } from "../imap/failures/failure.ts";

/** How the login under one name failed. */
export type NameTry = Failure;

export type NamesJudged =
  /** The mail server refused every name. */
  | { result: "refused"; reason: ReasonCode }
  /** Nothing is known of the login. `goesOn`: another name may still be taken. */
  | { result: "unknown"; reason: ReasonCode; goesOn: boolean };

/** Exchange says so for a name that is not the token's, for an account without a mailbox, and at times for a moment. */
const NOT_OPENED = "authenticated_not_connected";

/**
 * Decides what the failed logins with one token, under one name after the other, say of the account. Only a refusal is one:
 * a server that is busy or away refuses nobody.
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
  // What says more than that the token was refused.
  return {
    result: "refused",
    reason: reasons.find((reason) => reason !== "token_refused") ?? first,
  };
}
