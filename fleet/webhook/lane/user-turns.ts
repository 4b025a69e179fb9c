/**
 * The answer to an event that asks for its turn. `later`: NATS must deliver the event again after
 * `afterMs`.
 */
export type Turn =
  | {
      kind: "now";
      /**
       * Ends the turn. Null: the user's next event gets its turn. A number: this event is delivered
       * again after `laterMs`, and the user's waiting events shortly after it.
       */
      end(laterMs: number | null): void;
    }
  | { kind: "later"; afterMs: number };

export interface UserTurns {
  /** How many events wait for another event of their user. */
  readonly waiting: number;
  /**
   * Resolves to "now" when no other event of the user is handled here and no earlier one waits.
   * Resolves to "later" if the event must be delivered again.
   */
  take(userId: string, seq: number): Promise<Turn>;
}

interface Waiter {
  seq: number;
  resolve(turn: Turn): void;
}

/** If a blocker is delivered again later, its waiting events are delivered this long after it. */
const AFTER_MS = 500;

/**
 * Lets through one event of each user at a time, in the order of the stream.
 *
 * @param maxWaiting How many events may wait. Others are delivered again after `fullMs`.
 */
export function createUserTurns(maxWaiting: number, fullMs: number): UserTurns {
  /** For each user with an event being handled: the waiting events, in the order of the stream. */
  const queues = new Map<string, Waiter[]>();
  let waiting = 0;

  function newTurn(userId: string): Turn {
    return {
      kind: "now",
      end(laterMs) {
        const queue = queues.get(userId) ?? [];
        const next = laterMs === null ? queue.shift() : undefined;
        if (next) {
          waiting--;
          next.resolve(newTurn(userId));
          return;
        }
        queues.delete(userId);
        waiting -= queue.length;
        const afterMs = (laterMs ?? 0) + AFTER_MS;
        for (const { resolve } of queue) resolve({ kind: "later", afterMs });
      },
    };
  }

  return {
    get waiting() {
      return waiting;
    },
    async take(userId, seq) {
      const queue = queues.get(userId);
      if (!queue) {
        queues.set(userId, []);
        return newTurn(userId);
      }
      if (waiting >= maxWaiting) return { kind: "later", afterMs: fullMs };
      waiting++;
      const { promise, resolve } = Promise.withResolvers<Turn>();
      const at = queue.findIndex((other) => other.seq > seq);
      queue.splice(at < 0 ? queue.length : at, 0, { seq, resolve });
      return promise;
    },
  };
}
