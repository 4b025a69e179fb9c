/** Every failure a caller may act on. Codes are part of the public API: add, never rename. */
export type AppErrorCode =
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "invalid-input"
  | "malformed-body"
  | "body-too-large"
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

  constructor(
    code: AppErrorCode,
    message: string,
    options: ErrorOptions & { fields?: readonly FieldError[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.fields = options.fields ?? [];
  }
}

/** What to write into a log or a state reason: the message alone, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
