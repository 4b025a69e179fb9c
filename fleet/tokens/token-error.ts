import type { SessionFailure } from "../mailbox/imap/failures/failure.ts";

/**
 * Thrown when no access token could be obtained. `failure` is recorded as the reason why the user's
 * session failed.
 */
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

/**
 * Thrown when Postgres did not answer a query for a grant. The provider and the user are not the
 * cause.
 */
export class GrantNotReached extends Error {
  override readonly name = "GrantNotReached";
}
