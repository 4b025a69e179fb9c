import type { SessionFailure } from "./failure.ts";
import { type Circumstances, readFailure } from "./read-failure.ts";

/** A failure of the IMAP server or of the connection to it, never of our own database or NATS. */
export class ImapError extends Error {
  override readonly name = "ImapError";
  readonly failure: SessionFailure;
  /** Milliseconds that the server asked the client to wait; null if it did not. */
  readonly retryAfterMs: number | null;
  /**
   * Whether the server cost this process too much (data or time). If so, the server is not
   * contacted for a while.
   */
  readonly isHarm: boolean;

  constructor(action: string, cause: unknown, circumstances: Circumstances = {}) {
    const failure = readFailure(cause, circumstances);
    super(`Cannot ${action}: ${failure.reason.replaceAll("_", " ")}`, { cause });
    this.failure = failure;
    this.retryAfterMs = circumstances.throttledMs ?? null;
    this.isHarm = (circumstances.excess ?? null) !== null;
  }
}
