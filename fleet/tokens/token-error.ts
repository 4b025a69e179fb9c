import type { Failure } from "../mailbox/imap/failure.ts";

/** No access token was to be had, and what that says of the user. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly failure: Failure;
  /** When the provider wants to be asked again; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    failure: Failure,
    found: string,
    options: ErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(`Cannot get an access token: ${found}`, options);
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
