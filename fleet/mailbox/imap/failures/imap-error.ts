import type { Failure } from "./failure.ts";
import { type Circumstances, readFailure } from "./read-failure.ts";

/** A failure of the IMAP server or of the way to it; never of our own database or bus. */
export class ImapError extends Error {
  override readonly name = "ImapError";
  readonly failure: Failure;
  /** How long the server wants to be left alone, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;
  /** The server has hurt this process, and is to be left alone for a while. */
  readonly isHarm: boolean;

  constructor(action: string, cause: unknown, circumstances: Circumstances = {}) {
    const failure = readFailure(cause, circumstances);
    super(`Cannot ${action}: ${failure.reason.replaceAll("_", " ")}`, { cause });
    this.failure = failure;
    this.retryAfterMs = circumstances.throttledMs ?? null;
    this.isHarm = (circumstances.excess ?? null) !== null;
  }
}
