import type { ReasonCode } from "../../../../shared/users/reasons.ts";

/** Why a session ended. The kind decides what happens next. */
export interface SessionFailure {
  kind: /** The login failed; the account's owner must act. */
    | "auth_failed"
    /** The server is unreachable, or its certificate is not trusted. */
    | "unreachable"
    /** A temporary failure; another try may succeed. */
    | "transient";
  reason: ReasonCode;
}

/** Thrown when the host that a user named is not a public internet host. */
export class HostNotAllowed extends Error {
  override readonly name = "HostNotAllowed";
}
