/** Distributes work in turns. One partner's work does not delay another's. */
export interface PartnerTurns<T> {
  add(partnerId: string, work: T): void;
  /** Returns the next work, or undefined if no work may begin now. */
  take(): { partnerId: string; work: T } | undefined;
  /** Call when work that was taken has ended. */
  done(partnerId: string): void;
  /** Removes and returns all waiting work. */
  clear(): T[];
}

/**
 * Creates empty queues, one per partner. Partners take turns (round robin). Each queue is first in,
 * first out.
 *
 * @param maxOfOne How many works of one partner may run at once.
 */
export function createPartnerTurns<T>(maxOfOne: number): PartnerTurns<T> {
  /** The waiting work of each partner. The partners are in the order of their turns. */
  const queues = new Map<string, T[]>();
  const inHand = new Map<string, number>();

  return {
    add(partnerId, work) {
      const queue = queues.get(partnerId);
      if (queue) queue.push(work);
      else queues.set(partnerId, [work]);
    },
    take() {
      for (const [partnerId, queue] of queues) {
        const count = inHand.get(partnerId) ?? 0;
        if (count >= maxOfOne) continue;
        const work = queue.shift();
        queues.delete(partnerId);
        if (work === undefined) continue;
        if (queue.length > 0) queues.set(partnerId, queue);
        inHand.set(partnerId, count + 1);
        return { partnerId, work };
      }
      return undefined;
    },
    done(partnerId) {
      const count = (inHand.get(partnerId) ?? 1) - 1;
      if (count === 0) inHand.delete(partnerId);
      else inHand.set(partnerId, count);
    },
    clear() {
      const works = [...queues.values()].flat();
      queues.clear();
      return works;
    },
  };
}
