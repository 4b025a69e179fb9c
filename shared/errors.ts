/** Every failure a caller may act on. Codes are part of the public API: add, never rename. */
export type AppErrorCode = PartnerErrorCode | AdminErrorCode;

/** What only the admin's part answers. */
export type AdminErrorCode =
  | "sign-in-required"
  | "sign-in-refused"
  | "code-required"
  | "password-change-required";

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

/** One wrong field: a JSON Pointer to it and why. Never the value itself. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/**
 * An expected failure. Anything else that is thrown is a bug and is reported as one.
 *
 * @param message Says what could not be done, in sentence case, with no full stop and no secret:
 * `Cannot resume mailbox "INBOX": UIDVALIDITY changed from 7 to 9`.
 */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;
  readonly fields: readonly FieldError[];
  /** When to come again, where that is known. */
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

/** A failed query's own message carries its parameters, secrets and addresses included. */
const FAILED_QUERY = /^Failed query/;

/** What a log or a state may say of anything thrown: one line, without the parameters of queries. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) {
    return FAILED_QUERY.test(error.message) ? messageOf(error.cause) : error.message;
  }
  // A WebSocket that cannot be opened fails with an event.
  const isEvent = typeof error === "object" && error !== null && "type" in error;
  return isEvent ? "The connection failed" : String(error);
}

/** The frames of an error's stack in one line, and nothing of its message. */
export function framesOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.map((line) => line.trim()).join(" | ");
}
