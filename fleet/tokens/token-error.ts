import type { Failure } from "../mailbox/imap/failures/failure.ts";

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

/** Postgres did not answer for a grant: no fault of the provider's, and none of the user's. */
export class GrantNotReached extends Error {
  override readonly name = "GrantNotReached";
}
