/** Bounds how many run at once; waiters are served in order. */
export interface Semaphore {
  /** Waits for a place. Give it back by disposing of it. Rejects when `signal` aborts first. */
  acquire(signal: AbortSignal): Promise<Disposable>;
  /** How many wait for a place. */
  readonly waiting: number;
}

export function createSemaphore(places: number): Semaphore {
  let free = places;
  const queue = new Set<() => void>();

  const place = (): Disposable => {
    let held = true;
    return {
      [Symbol.dispose]() {
        if (!held) return;
        held = false;
        const next = queue.values().next().value;
        if (next === undefined) free++;
        else next();
      },
    };
  };

  return {
    get waiting() {
      return queue.size;
    },
    acquire(signal) {
      signal.throwIfAborted();
      if (free > 0) {
        free--;
        return Promise.resolve(place());
      }
      return new Promise((resolve, reject) => {
        const grant = () => {
          queue.delete(grant);
          signal.removeEventListener("abort", abandon);
          resolve(place());
        };
        const abandon = () => {
          queue.delete(grant);
          reject(signal.reason);
        };
        queue.add(grant);
        signal.addEventListener("abort", abandon, { once: true });
      });
    },
  };
}
