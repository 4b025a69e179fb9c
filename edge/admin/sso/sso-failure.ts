import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";

/**
 * Why a sign-in at the identity provider failed. The page of the sign-in gets the code in its
 * address, and has a text for each.
 */
export type SsoFailureCode =
  | "cancelled"
  | "expired"
  | "unreachable"
  | "provider_error"
  | "email_missing"
  | "email_unverified"
  | "unknown_admin"
  | "no_role"
  | "linked_elsewhere";

/** Thrown when a sign-in at the identity provider cannot end in a session. */
export class SsoFailure extends Error {
  override readonly name = "SsoFailure";
  readonly code: SsoFailureCode;

  /** @param detail The message for the log. It must not contain secrets or addresses. */
  constructor(code: SsoFailureCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
  }
}

/**
 * Converts an error of the protocol into a failure. Any other error is a bug.
 * @returns undefined for a bug.
 */
export function toSsoFailure(error: unknown): SsoFailure | undefined {
  if (error instanceof SsoFailure) return error;
  if (error instanceof AuthorizationResponseError) {
    const detail = `The authorization endpoint answered ${toErrorCode(error.error)}`;
    return new SsoFailure(judgeError(error.error), detail, { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    const detail = `The token endpoint answered ${toErrorCode(error.error)}`;
    return new SsoFailure("provider_error", detail, { cause: error });
  }
  const isProtocol =
    error instanceof OperationProcessingError ||
    error instanceof UnsupportedOperationError ||
    error instanceof WWWAuthenticateChallengeError;
  return isProtocol ? new SsoFailure("provider_error", error.message, { cause: error }) : undefined;
}

/** Converts the `error` of an authorization response (RFC 6749, 4.1.2.1). */
function judgeError(error: string): SsoFailureCode {
  switch (error) {
    case "access_denied":
      return "cancelled";
    case "server_error":
    case "temporarily_unavailable":
      return "unreachable";
    default:
      return "provider_error";
  }
}

/**
 * Returns the error code if it has the form that RFC 6749 defines. Other text from the provider
 * must not be logged.
 */
const toErrorCode = (error: string) =>
  /^[a-z_]{1,64}$/.test(error) ? error : "with an unknown error";
