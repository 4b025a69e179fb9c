import type { Db } from "../../../db/client.ts";
import { setLastHeard } from "../../../db/users/user-freshness.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";

/**
 * Records when each user's mail server last sent something. Without these records, a dead server
 * would look like a server without new mail.
 */
export interface Freshness extends Repetition {
  heard(userId: string): void;
}

/** Writes the times to Postgres every `intervalMs`, with one statement for all users. */
export function createFreshness(
  deps: { db: Db; clock: Clock; log: Log },
  settings: { intervalMs: number },
): Freshness {
  let heardAt = new Map<string, Date>();
  const writing = repeat(deps, {
    name: "freshness",
    everyMs: settings.intervalMs,
    async work() {
      const written = heardAt;
      heardAt = new Map();
      try {
        await setLastHeard(deps.db, written);
      } catch (error) {
        heardAt = new Map([...written, ...heardAt]);
        throw error;
      }
    },
  });
  return {
    ...writing,
    heard: (userId) => void heardAt.set(userId, new Date(deps.clock.now())),
  };
}
