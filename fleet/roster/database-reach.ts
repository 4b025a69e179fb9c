import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Heartbeat } from "./heartbeat.ts";

export interface DatabaseReachDeps {
  clock: Clock;
  log: Log;
  /** Asks Postgres over a connection that nothing else holds up; rejects well within the TTL. */
  ask(): Promise<void>;
}

/** Whether Postgres answers this instance, by questions of its own. */
export interface DatabaseReach extends Repetition {
  /** For the heartbeat. */
  describe(): NonNullable<Heartbeat["database"]>;
}

/** Several questions fit into a TTL, so that one which is lost says nothing. */
const QUESTIONS = 6;
/** A pause this long, as a share of the TTL, ends a time of answers. */
const PAUSE_SHARE = 0.5;

export function createDatabaseReach(
  deps: DatabaseReachDeps,
  { ttlMs }: { ttlMs: number },
): DatabaseReach {
  const { clock } = deps;
  let heardMs = clock.monotonic();
  let sinceMs = heardMs;

  const asking = repeat(deps, {
    name: "database_reach",
    everyMs: ttlMs / QUESTIONS,
    maxSilenceMs: ttlMs,
    async work() {
      const askedMs = clock.monotonic();
      await deps.ask();
      if (askedMs - heardMs > ttlMs * PAUSE_SHARE) sinceMs = askedMs;
      heardMs = askedMs;
    },
  });
  return {
    ...asking,
    describe() {
      const nowMs = clock.monotonic();
      return {
        silent_ms: Math.round(nowMs - heardMs),
        answering_ms: Math.round(nowMs - sinceMs),
      };
    },
  };
}
