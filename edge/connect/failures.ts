import { isTemporary } from "../bounded-fetch.ts";
import type { Words } from "./words/en.ts";

/**
 * Why an account was not connected. The failure callback gets the code as `error`. The codes are
 * part of the public API: add codes, but never rename one.
 */
export type FailureCode = keyof Words["failures"];

/**
 * Thrown when an account cannot be connected. The failure callback reports the reason to the
 * partner. The stored credentials of the user stay unchanged.
 */
export class ConnectFailure extends Error {
  override readonly name = "ConnectFailure";
  readonly code: FailureCode;
  /** A code from shared/users/reasons.ts; undefined when there is no more precise reason. */
  readonly reason: string | undefined;

  /** @param detail The message for the log. It must not contain secrets or addresses. */
  constructor(
    code: FailureCode,
    detail: string,
    { reason, ...options }: ErrorOptions & { reason?: string } = {},
  ) {
    super(detail, options);
    this.code = code;
    this.reason = reason;
  }
}

/** Converts the `error` of an authorization response (RFC 6749, 4.1.2.1) into a failure code. */
export function judgeResponse(error: string): FailureCode {
  switch (error) {
    case "access_denied":
      return "access_denied";
    case "server_error":
    case "temporarily_unavailable":
      return "temporarily_unavailable";
    default:
      return "provider_error";
  }
}

/** Converts an unsuccessful HTTP status of the provider into a failure code. */
export const judgeStatus = (status: number): FailureCode =>
  isTemporary(status) ? "temporarily_unavailable" : "provider_error";
