import type { Clock } from "../clock.ts";

/** How groups are made, and what is done with them. */
export interface GroupRules<Item, Result> {
  /**
   * Handles a group, and returns the result of each item.
   * @param isAlone True when `items` is a single item of a group that has failed.
   */
  handle(items: readonly Item[], isAlone: boolean): Promise<ReadonlyMap<Item, Result>>;
  /** Items with the same key are handled one after the other, in the order of their arrival. */
  toKey(item: Item): string;
  /** Returns how much of a group an item takes up. */
  weigh(item: Item): number;
  /** The limits of a group. An item that weighs more than `maxWeight` is a group of its own. */
  maxItems: number;
  maxWeight: number;
  /** How many groups are handled at the same time. */
  maxGroups: number;
  /** A group that takes longer than this probably hangs. The next group no longer waits for it. */
  slowMs: number;
  /**
   * Whether a single item may have caused the failure of its group. If so, each item is handled
   * alone, outside `maxGroups`.
   */
  mayBeOfOne(error: unknown, items: readonly Item[]): boolean;
}

interface Waiter<Item, Result> {
  item: Item;
  key: string;
  settled: PromiseWithResolvers<Result>;
  /**
   * Called when the handling of the item begins. From then on, the caller's signal has no effect.
   */
  begin(): void;
}

/**
 * Handles items in groups. An item is handled at once, unless `maxGroups` groups or an item with
 * the same key are being handled. The items that wait become the next group.
 *
 * If a single item may have made its group fail, each item is handled again alone. The other items
 * can then succeed.
 */
export class Groups<Item, Result extends object | boolean | string> {
  readonly #clock: Pick<Clock, "sleep">;
  readonly #rules: GroupRules<Item, Result>;
  readonly #waiting = new Set<Waiter<Item, Result>>();
  /** The keys of the items that are being handled. */
  readonly #busy = new Set<string>();
  #groups = 0;

  constructor(clock: Pick<Clock, "sleep">, rules: GroupRules<Item, Result>) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /**
   * Handles the item in a group, and returns the item's result. If `signal` aborts before the
   * handling begins, drops the item and rejects. A later abort has no effect.
   */
  add(item: Item, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted();
    const settled = Promise.withResolvers<Result>();
    const abandon = () => {
      this.#waiting.delete(waiter);
      settled.reject(signal?.reason);
    };
    const begin = () => signal?.removeEventListener("abort", abandon);
    const waiter = { item, key: this.#rules.toKey(item), settled, begin };
    signal?.addEventListener("abort", abandon, { once: true });
    this.#waiting.add(waiter);
    this.#start();
    return settled.promise;
  }

  #start(): void {
    while (this.#groups < this.#rules.maxGroups) {
      const group = this.#take();
      if (group.length === 0) return;
      void this.#handle(group);
    }
  }

  /** Takes the oldest items that may be handled together. */
  #take(): Waiter<Item, Result>[] {
    const { maxItems, maxWeight, weigh } = this.#rules;
    const group: Waiter<Item, Result>[] = [];
    let weight = 0;
    for (const waiter of this.#waiting) {
      if (this.#busy.has(waiter.key)) continue;
      weight += weigh(waiter.item);
      if (group.length === maxItems || (weight > maxWeight && group.length > 0)) break;
      group.push(waiter);
      this.#busy.add(waiter.key);
      this.#waiting.delete(waiter);
      waiter.begin();
    }
    return group;
  }

  /**
   * Handles a group. Never rejects: if the group fails, `add()` rejects for each of its items, or
   * the items are handled one by one.
   */
  async #handle(group: readonly Waiter<Item, Result>[]): Promise<void> {
    this.#groups++;
    const ended = new AbortController();
    void this.#clock.sleep(this.#rules.slowMs, ended.signal).then(() => {
      this.#groups--;
      this.#start();
    });
    const items = group.map(({ item }) => item);
    try {
      this.#settle(group, await this.#rules.handle(items, false));
    } catch (error) {
      if (!this.#rules.mayBeOfOne(error, items)) this.#fail(group, error);
      else for (const waiter of group) void this.#handleAlone(waiter);
    } finally {
      ended.abort();
    }
  }

  async #handleAlone(waiter: Waiter<Item, Result>): Promise<void> {
    try {
      this.#settle([waiter], await this.#rules.handle([waiter.item], true));
    } catch (error) {
      this.#fail([waiter], error);
    }
    this.#start();
  }

  #settle(group: readonly Waiter<Item, Result>[], results: ReadonlyMap<Item, Result>): void {
    for (const { key, item, settled } of group) {
      this.#busy.delete(key);
      const result = results.get(item);
      if (result !== undefined) settled.resolve(result);
      else settled.reject(new Error("Cannot handle an item of a group: it has no result"));
    }
  }

  #fail(group: readonly Waiter<Item, Result>[], error: unknown): void {
    for (const { key, settled } of group) {
      this.#busy.delete(key);
      settled.reject(error);
    }
  }
}
