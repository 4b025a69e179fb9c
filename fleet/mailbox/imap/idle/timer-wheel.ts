import type { Clock } from "../../../../shared/clock.ts";

/** The interval at which deadlines are checked. So a deadline is reported up to 100 ms late. */
const TICK_MS = 100;

/**
 * Keeps the deadlines of many items with one timer. Setting a deadline is cheap: the item moves to
 * another set.
 */
export class TimerWheel<T extends { dueTick: number }> implements Disposable {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #onDue: (item: T) => void;
  readonly #slots = new Map<number, Set<T>>();
  readonly #timer: NodeJS.Timeout;
  #tick: number;

  /** @param onDue Called once for each deadline that has passed. */
  constructor(clock: Pick<Clock, "monotonic">, onDue: (item: T) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#tick = this.#now();
    this.#timer = setInterval(() => this.turn(), TICK_MS);
  }

  /** Sets the deadline of an item to `ms` from now, in place of any earlier deadline. */
  set(item: T, ms: number): void {
    this.delete(item);
    item.dueTick = Math.max(Math.ceil((this.#clock.monotonic() + ms) / TICK_MS), this.#tick + 1);
    const slot = this.#slots.get(item.dueTick);
    if (slot) slot.add(item);
    else this.#slots.set(item.dueTick, new Set([item]));
  }

  delete(item: T): void {
    const slot = this.#slots.get(item.dueTick);
    slot?.delete(item);
    if (slot?.size === 0) this.#slots.delete(item.dueTick);
  }

  /** Reports the deadlines that have passed. */
  turn(): void {
    for (const now = this.#now(); this.#tick < now;) {
      const slot = this.#slots.get(++this.#tick);
      if (!slot) continue;
      this.#slots.delete(this.#tick);
      for (const item of slot) this.#onDue(item);
    }
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / TICK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
