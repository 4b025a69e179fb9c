/**
 * The codes of all failures that a caller can handle. Codes are part of the public API: add codes,
 * but never rename one.
 */
export type AppErrorCode = PartnerErrorCode | AdminErrorCode;

/** Codes that only the admin API returns. */
export type AdminErrorCode =
  | "sign-in-required"
  | "sign-in-refused"
  | "code-required"
  | "passkey-required"
  | "sso-required"
  | "password-change-required"
  | "role-required"
  | "database-unreachable";

export type PartnerErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "invalid-input"
  | "malformed-body"
  | "body-too-large"
  | "precondition-failed"
  | "idempotency-key-in-use"
  | "idempotency-key-reused"
  | "too-many-requests"
  | "unavailable";

/** A wrong field, with a JSON Pointer to it and the reason, but never with its value. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/**
 * An expected failure. Anything else that is thrown is a bug.
 *
 * @param message What could not be done, in sentence case, without a full stop or secrets: `Cannot
 * resume mailbox "INBOX": UIDVALIDITY changed from 7 to 9`.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;
  readonly fields: readonly FieldError[];
  /** The seconds after which the caller should try again, if known. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: AppErrorCode,
    message: string,
    options: ErrorOptions & { fields?: readonly FieldError[]; retryAfterS?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.fields = options.fields ?? [];
    this.retryAfterS = options.retryAfterS;
  }
}

/**
 * Matches the message of a failed query. Such a message contains the query's parameters, including
 * secrets and addresses.
 */
const FAILED_QUERY = /^Failed query/;

/**
 * Returns a text that describes a thrown value, for logs and users' states. The text contains no
 * parameters of queries.
 */
export function toErrorText(error: unknown): string {
  if (error instanceof Error) {
    return FAILED_QUERY.test(error.message) ? toErrorText(error.cause) : error.message;
  }
  // A WebSocket that cannot be opened rejects with an Event instead of an Error.
  const isEvent = typeof error === "object" && error !== null && "type" in error;
  return isEvent ? "The connection failed" : String(error);
}

/** Returns the stack frames of an error as one line, without its message. */
export function formatStack(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.map((line) => line.trim()).join(" | ");
}
