import type { Db } from "../../../db/client.ts";
import { storeFreshness } from "../../../db/users/user-freshness.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";

/**
 * Records two times for each user: when the mail server last sent something, and when all its mail
 * was last known to be recorded. Without these times, a dead server looks like a server without new
 * mail. So does a server that forgets to announce mail.
 */
export interface Freshness extends Repetition {
  /**
   * Call when the user's mail server has answered.
   *
   * @param caughtUpMs All mail that the server had at this time is recorded now. Null when the
   * answer does not show this.
   */
  heard(userId: string, caughtUpMs: number | null): void;
}

/** Writes the times of all users to Postgres every `intervalMs`, many users with one statement. */
export function createFreshness(
  deps: { db: Db; clock: Clock; log: Log },
  settings: { intervalMs: number },
): Freshness {
  let heardAt = new Map<string, Date>();
  let caughtUpAt = new Map<string, Date>();
  const writing = repeat(deps, {
    name: "freshness",
    everyMs: settings.intervalMs,
    async work() {
      const written = { heardAt, caughtUpAt };
      heardAt = new Map();
      caughtUpAt = new Map();
      try {
        await storeFreshness(deps.db, written);
      } catch (error) {
        heardAt = new Map([...written.heardAt, ...heardAt]);
        caughtUpAt = new Map([...written.caughtUpAt, ...caughtUpAt]);
        throw error;
      }
    },
  });
  return {
    ...writing,
    heard(userId, caughtUpMs) {
      heardAt.set(userId, new Date(deps.clock.now()));
      if (caughtUpMs !== null) caughtUpAt.set(userId, new Date(caughtUpMs));
    },
  };
}
