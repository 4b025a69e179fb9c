import { mayTake, roomFor } from "./place-share.ts";
import { createTurnQueue, type Party } from "./turn-queue.ts";

/**
 * Limits how many pieces of work run at once, and shares the permits (places) fairly:
 *
 * - Each partner, each host of a partner, and each host may hold only a share of the places. So a
 *   host that hangs uses up only its own share.
 * - Waiting partners get places in turn, and so do the hosts of a partner.
 *
 * A release looks for the next waiting party that may take a place. A party that neither holds a
 * place nor waits uses no memory.
 */
export interface Places {
  /**
   * Waits for a place. Dispose of the result to release the place. Rejects when `signal` aborts
   * first.
   */
  acquire(party: Party, signal: AbortSignal): Promise<Disposable>;
  /** Whether the party would get a place without waiting. */
  hasRoom(party: Party): boolean;
  readonly held: number;
  /** How many calls of `acquire` wait for a place. */
  readonly waiting: number;
}

export function createPlaces(total: number): Places {
  let free = total;
  const ofPartners = createTally();
  const ofPairs = createTally();
  const ofHosts = createTally();
  const queue = createTurnQueue<() => void>();

  function hasRoom({ partnerId, host }: Party): boolean {
    const room = roomFor(ofPartners.of(partnerId), free);
    if (host === null) return room > 0;
    return mayTake(ofPairs.of(toPairKey(partnerId, host)), room) && mayTake(ofHosts.of(host), free);
  }

  function count({ partnerId, host }: Party, change: 1 | -1): void {
    free -= change;
    ofPartners.add(partnerId, change);
    if (host === null) return;
    ofPairs.add(toPairKey(partnerId, host), change);
    ofHosts.add(host, change);
  }

  /** Grants free places. Without a free one, no waiting party is looked at. */
  function serve(): void {
    const next = () => (free > 0 ? queue.next(hasRoom) : undefined);
    for (let grant = next(); grant; grant = next()) grant();
  }

  function place(party: Party): Disposable {
    count(party, 1);
    let isHeld = true;
    return {
      [Symbol.dispose]() {
        if (!isHeld) return;
        isHeld = false;
        count(party, -1);
        serve();
      },
    };
  }

  return {
    hasRoom,
    get held() {
      return total - free;
    },
    get waiting() {
      return queue.size;
    },
    acquire(party, signal) {
      signal.throwIfAborted();
      if (hasRoom(party)) return Promise.resolve(place(party));
      return new Promise((resolve, reject) => {
        const grant = () => {
          signal.removeEventListener("abort", abandon);
          resolve(place(party));
        };
        const abandon = () => {
          queue.remove(party, grant);
          reject(signal.reason);
        };
        queue.add(party, grant);
        signal.addEventListener("abort", abandon, { once: true });
      });
    },
  };
}

/** Returns the key of a partner and a host. A partner's id never contains a line feed. */
const toPairKey = (partnerId: string, host: string) => `${partnerId}\n${host}`;

function createTally() {
  const counts = new Map<string, number>();
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add(key: string, change: number): void {
      const count = (counts.get(key) ?? 0) + change;
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    },
  };
}
