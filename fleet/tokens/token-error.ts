import type { SessionFailure } from "../mailbox/imap/failures/failure.ts";

/** No access token could be obtained. `failure` says what that means for the user. */
export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly failure: SessionFailure;
  /** How long the provider asked us to wait; null if it did not. */
  readonly retryAfterMs: number | null;

  constructor(
    failure: SessionFailure,
    found: string,
    options: ErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(`Cannot get an access token: ${found}`, options);
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Postgres did not answer a query for a grant. Neither the provider nor the user is the cause. */
export class GrantNotReached extends Error {
  override readonly name = "GrantNotReached";
}
