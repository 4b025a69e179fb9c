const MIB = 1_024 * 1_024;
/** Of all answers that are still coming, bodies aside: those have places. Parsed they take ten times as much. */
const MAX_HELD_BYTES = 8 * MIB;
/** An honest answer is smaller, or it is alone. */
const LARGE_BYTES = MIB / 2;

/** One connection's answer that is still coming. */
export interface Holder {
  /** Ends the connection. */
  giveUp(): void;
}

/** What the answers to commands hold in the memory of one process until the commands end. */
export class InputHeld {
  readonly #held = new Map<Holder, number>();
  #total = 0;

  /** So many bytes more have come for this one. Where that is too much for the process, the largest gives up. */
  add(holder: Holder, bytes: number): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + bytes);
    this.#total += bytes;
    if (this.#total <= MAX_HELD_BYTES) return;
    const [largest, held] = [...this.#held].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (held < LARGE_BYTES) return;
    this.release(largest);
    largest.giveUp();
  }

  /** Its command has ended. */
  release(holder: Holder): void {
    this.#total -= this.#held.get(holder) ?? 0;
    this.#held.delete(holder);
  }
}
