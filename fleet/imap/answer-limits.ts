/**
 * The slowest accepted rate of an answer. Each 8 KiB that arrive give the server one more second.
 */
const LEAST_BYTES_PER_S = 8 * 1_024;
/**
 * The most bytes that may arrive between two writes of the watch. Enough for twenty mails
 * (FETCHED_UIDS) and for reports that 100,000 mails were marked as read.
 */
const MAX_BYTES = 6 * 1_024 * 1_024;

/** How much the server may send until the next write, and how long that may take. */
export class AnswerLimits {
  readonly #commandMs: number;
  #bytes = 0;
  /** How long the answers may take. The time grows with `#bytes`. */
  #allowedMs = 0;

  /** @param commandMs The longest wait for the first byte of an answer. */
  constructor(commandMs: number) {
    this.#commandMs = commandMs;
  }

  /** Call at each write. */
  begin(): void {
    this.#bytes = 0;
    this.#allowedMs = this.#commandMs;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  get isTooMuch(): boolean {
    return this.#bytes > MAX_BYTES;
  }

  /** Returns how much longer the answers may take. Call it when the time so far has passed. */
  extendMs(): number {
    const allowedMs = this.#commandMs + (this.#bytes / LEAST_BYTES_PER_S) * 1_000;
    const moreMs = allowedMs - this.#allowedMs;
    this.#allowedMs = allowedMs;
    return moreMs;
  }
}
