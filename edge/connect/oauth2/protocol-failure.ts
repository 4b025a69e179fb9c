import { errors as joseErrors } from "jose";
import {
  AuthorizationResponseError,
  OperationProcessingError,
  ResponseBodyError,
  UnsupportedOperationError,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
import { ConnectFailure, judgeResponse } from "../failures.ts";

/**
 * Converts an error of the OAuth protocol into a ConnectFailure. Any other error is a bug and is
 * returned unchanged.
 */
export function toProtocolFailure(error: unknown): unknown {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const source = error instanceof ResponseBodyError ? "token endpoint" : "authorization endpoint";
    const detail = `The ${source} answered ${toErrorCode(error.error)}`;
    return new ConnectFailure(judgeResponse(error.error), detail, { cause: error });
  }
  const isProtocol =
    error instanceof OperationProcessingError ||
    error instanceof UnsupportedOperationError ||
    error instanceof WWWAuthenticateChallengeError ||
    error instanceof joseErrors.JOSEError;
  if (!isProtocol) return error;
  return new ConnectFailure("provider_error", error.message, { cause: error });
}

/**
 * Returns the error code if it has the form that RFC 6749 defines. Other text from the provider
 * must not be logged.
 */
const toErrorCode = (error: string) =>
  /^[a-z_]{1,64}$/.test(error) ? error : "with an unknown error";
