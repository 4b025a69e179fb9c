/** Queues of callers that wait for free quota of a lane, in the order of their arrival. */
export interface Turns {
  /** Resolves at the caller's turn, or when `signal` aborts. */
  wait(partnerId: string, signal: AbortSignal): Promise<void>;
  /** Releases up to `count` waiters of a partner, in the order of their arrival. */
  admit(partnerId: string, count: number): void;
  /** Returns the partners with waiters. */
  partnerIds(): string[];
}

/** Creates empty queues. */
export function createTurns(): Turns {
  const queues = new Map<string, Set<() => void>>();
  return {
    wait(partnerId, signal) {
      if (signal.aborted) return Promise.resolve();
      const queue = queues.get(partnerId) ?? new Set();
      queues.set(partnerId, queue);
      return new Promise((resolve) => {
        const goOn = () => {
          signal.removeEventListener("abort", goOn);
          queue.delete(goOn);
          if (queue.size === 0 && queues.get(partnerId) === queue) queues.delete(partnerId);
          resolve();
        };
        queue.add(goOn);
        signal.addEventListener("abort", goOn, { once: true });
      });
    },
    admit(partnerId, count) {
      const first = [...(queues.get(partnerId) ?? [])].slice(0, count);
      for (const goOn of first) goOn();
    },
    partnerIds: () => [...queues.keys()],
  };
}
