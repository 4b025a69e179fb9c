const MIB = 1_024 * 1_024;
/**
 * The most bytes that all incomplete answers together may have. Parsed answers take ten times as
 * much memory. Bodies do not count: another limit applies to them.
 */
const MAX_HELD_BYTES = 2 * MIB;
/**
 * When the total is over its limit, the connection with the largest answer is closed. It stays open
 * if its answer is smaller than this.
 */
const LARGE_BYTES = MIB / 4;
/**
 * If the answer on the closed connection has at least this size, the server is blamed. A smaller
 * answer may come from an honest server, when many servers answer at once.
 */
const BLAMED_BYTES = MIB / 2;

/** A connection whose answer is still incomplete. */
export interface AnswerHolder {
  /** Closes the connection. `isToBlame`: whether the answer is larger than honest servers send. */
  giveUp(isToBlame: boolean): void;
}

/** Limits the memory that the incomplete answers of all connections take. */
export class InputHeld {
  readonly #held = new Map<AnswerHolder, number>();
  #total = 0;

  /**
   * Counts more bytes for a holder. When the total is too large, closes the connection with the
   * largest answer, if that answer has at least LARGE_BYTES.
   */
  add(holder: AnswerHolder, bytes: number): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + bytes);
    this.#total += bytes;
    if (this.#total <= MAX_HELD_BYTES) return;
    const [largest, held] = [...this.#held].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (held < LARGE_BYTES) return;
    this.release(largest);
    largest.giveUp(held >= BLAMED_BYTES);
  }

  /** Call when the holder's command has ended. */
  release(holder: AnswerHolder): void {
    this.#total -= this.#held.get(holder) ?? 0;
    this.#held.delete(holder);
  }
}
