/** The turn of one event, or none: then it comes again after this time. */
export type Turn =
  | {
      kind: "now";
      /** Ends it. The next of the user follows, or, if this one comes again later, they all do. */
      end(laterMs: number | null): void;
    }
  | { kind: "later"; afterMs: number };

export interface UserTurns {
  /** How many wait for the turn of another event of their user. */
  readonly waiting: number;
  /** Resolves when no other event of the user is under way here and none of those that wait is earlier. */
  take(userId: string, seq: number): Promise<Turn>;
}

interface Waiter {
  seq: number;
  resolve(turn: Turn): void;
}

/** What waits for longer than a turn of others comes again a little after the event that it waits for. */
const AFTER_MS = 500;

/**
 * Lets one event of each user through at a time, in the order of the stream.
 *
 * @param maxWaiting More are sent away, for `fullMs`.
 */
export function createUserTurns(maxWaiting: number, fullMs: number): UserTurns {
  /** Of users with an event under way: the others, in the order of the stream. */
  const queues = new Map<string, Waiter[]>();
  let waiting = 0;

  function turnOf(userId: string): Turn {
    return {
      kind: "now",
      end(laterMs) {
        const queue = queues.get(userId) ?? [];
        const next = laterMs === null ? queue.shift() : undefined;
        if (next) {
          waiting--;
          next.resolve(turnOf(userId));
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
        return turnOf(userId);
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
