import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  type AdminErrorCode,
  AppError,
  type AppErrorCode,
  type FieldError,
  type PartnerErrorCode,
} from "../shared/errors.ts";
import type { AppEnv } from "./app-env.ts";
import { describeFailure } from "./failure.ts";
import { RATE_LIMIT_PERIOD_S } from "./settings.ts";

/**
 * The body of every error answer (RFC 9457). `code` is our own field. A released code never changes
 * its meaning.
 */
export interface Problem {
  /** The URL of the section about `code`, on the page that `getErrorPage` serves. */
  type: string;
  title: string;
  status: number;
  code: ProblemCode | AdminErrorCode;
  detail?: string;
  /** A JSON Pointer (RFC 6901) to each wrong field, with the reason but never with the value. */
  errors?: readonly FieldError[];
  /** The same id as in the header `x-request-id`. `completeProblem` adds it. */
  request_id?: string;
}

/** Errors of HTTP itself, in addition to those of the application. */
type HttpCode = "method-not-allowed" | "unsupported-media-type" | "timeout" | "internal";
export type ProblemCode = PartnerErrorCode | HttpCode;
type Titled<Code extends string> = Readonly<Record<Code, { status: number; title: string }>>;

// The type is a Record of all codes, so that the compiler requires a status for every new code.
export const PROBLEMS: Titled<ProblemCode> = {
  "malformed-body": { status: 400, title: "The body cannot be read" },
  unauthorized: { status: 401, title: "The API key is missing or not valid" },
  forbidden: { status: 403, title: "This is not allowed" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "The path does not support this method" },
  conflict: { status: 409, title: "The request conflicts with the current state" },
  "idempotency-key-in-use": {
    status: 409,
    title: "A request with this Idempotency-Key is still in progress",
  },
  "precondition-failed": { status: 412, title: "The version in If-Match is not the current one" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body's content type is not supported" },
  "invalid-input": { status: 422, title: "The request is invalid" },
  "idempotency-key-reused": {
    status: 422,
    title: "The Idempotency-Key was used for a different request",
  },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Internal server error" },
  unavailable: { status: 503, title: "The service cannot do this now" },
  timeout: { status: 504, title: "The service did not answer in time" },
};

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);

/** Codes that only the admin API returns. */
const ADMIN_PROBLEMS: Titled<AdminErrorCode> = {
  "sign-in-required": { status: 401, title: "You are not signed in" },
  "sign-in-refused": { status: 401, title: "The sign-in was refused" },
  "code-required": { status: 401, title: "A code of the second factor is required" },
  "passkey-required": { status: 401, title: "A passkey is required" },
  "sso-required": { status: 401, title: "Single sign-on is required" },
  "password-change-required": { status: 403, title: "You must change your password first" },
  "role-required": { status: 403, title: "Your role does not allow this" },
  "database-unreachable": { status: 503, title: "Postgres does not answer" },
};
export const ALL_PROBLEMS = { ...PROBLEMS, ...ADMIN_PROBLEMS };

export interface ProblemDetails {
  /**
   * The URL at which partners reach the edge, as the beginning of `type`. If it is absent,
   * `completeProblem` adds it later.
   */
  publicUrl?: string;
  detail?: string;
  errors?: readonly FieldError[];
  headers?: Record<string, string>;
}

/** Returns the body of an error answer, without its `request_id`. */
export const problemBody = (
  code: ProblemCode | AdminErrorCode,
  { publicUrl = "", detail, errors = [] }: Omit<ProblemDetails, "headers"> = {},
): Problem => ({
  type: `${publicUrl}/docs/errors#${code}`,
  ...ALL_PROBLEMS[code],
  code,
  ...(detail !== undefined && { detail }),
  ...(errors.length > 0 && { errors }),
});

export function problem(
  code: ProblemCode | AdminErrorCode,
  details: ProblemDetails = {},
): Response {
  const body = problemBody(code, details);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { "content-type": "application/problem+json", ...details.headers },
  });
}

/**
 * Converts every error that a handler throws into an HTTP answer. A bug is logged, and its answer
 * contains no internals.
 */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  const expected = appErrorIn(error);
  if (expected) return fromAppError(expected);
  if (error instanceof HTTPException && error.res) return error.res;
  const failure = describeFailure(error);
  if (failure.kind === "database-away") {
    c.var.log.warn("database.failed", failure.fields);
    const headers = { "retry-after": "1" };
    return c.req.path.startsWith("/admin/api/")
      ? problem("database-unreachable", { detail: "Postgres does not answer", headers })
      : problem("unavailable", { detail: "Cannot reach the database", headers });
  }
  c.var.log.error("request.failed", failure.fields);
  return problem("internal");
};

/**
 * Returns the AppError that an error is, or has as its cause. If no place is free for a database
 * connection, a query rejects with a "Failed query" error whose `cause` is an AppError.
 */
function appErrorIn(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return error instanceof Error && error.message.startsWith("Failed query")
    ? appErrorIn(error.cause)
    : undefined;
}

function fromAppError(error: AppError): Response {
  const details: ProblemDetails = { detail: error.message, errors: error.fields };
  const { retryAfterS } = error;
  const headers = {
    ...HEADERS[error.code],
    ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }),
  };
  return problem(error.code, { ...details, headers });
}

const SIGN_IN = { "www-authenticate": "Session" };

/** Additional headers for some codes. */
const HEADERS: Partial<Record<AppErrorCode, Record<string, string>>> = {
  // A 401 must name a way to authenticate (RFC 9110, 11.6.1).
  unauthorized: { "www-authenticate": "ApiKey" },
  "sign-in-required": SIGN_IN,
  "sign-in-refused": SIGN_IN,
  "code-required": SIGN_IN,
  "passkey-required": SIGN_IN,
  "sso-required": SIGN_IN,
  "idempotency-key-in-use": { "retry-after": "1" },
  "too-many-requests": { "retry-after": String(RATE_LIMIT_PERIOD_S) },
};
