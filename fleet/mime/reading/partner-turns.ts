/** Gives work out in turns, so that one partner's does not hold up another's. */
export interface PartnerTurns<T> {
  add(partnerId: string, work: T): void;
  /** The next work of the partner whose turn it is; undefined when none may begin now. */
  take(): { partnerId: string; work: T } | undefined;
  /** To be called when what was taken has ended. */
  done(partnerId: string): void;
  /** Takes all that waits. */
  clear(): T[];
}

/**
 * Round robin between partners, in order within one.
 *
 * @param maxOfOne How many works of one partner may be in hand at once.
 */
export function createPartnerTurns<T>(maxOfOne: number): PartnerTurns<T> {
  /** In the order of their turns. */
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
