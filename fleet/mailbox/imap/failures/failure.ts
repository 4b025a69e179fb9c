import type { ReasonCode } from "../../../../shared/users/reasons.ts";

/** Why a session ended, as far as it decides what happens next. */
export interface Failure {
  kind: /** The credentials are refused: a person must act. */
    | "auth_failed"
    /** The server could not be reached, or is not one we can trust. */
    | "unreachable"
    /** Anything that may be gone at the next try. */
    | "transient";
  reason: ReasonCode;
}

/** The host that a user named is not one of the internet. */
export class HostNotAllowed extends Error {
  override readonly name = "HostNotAllowed";
}
