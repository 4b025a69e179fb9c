import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Heartbeat } from "./heartbeat.ts";

export interface DatabaseReachDeps {
  clock: Clock;
  log: Log;
  /**
   * Sends a query over a connection that is used for nothing else. Without an answer, rejects long
   * before the TTL is over.
   */
  ask(): Promise<void>;
}

/** Finds out with its own queries whether Postgres answers this instance. */
export interface DatabaseReach extends Repetition {
  /** Returns what the next heartbeat reports about Postgres. */
  describe(): NonNullable<Heartbeat["database"]>;
}

/** How many queries are sent per TTL: several, so that a single lost one does not matter. */
const QUESTIONS = 6;
/** A time without an answer counts as a pause if it is longer than this share of the TTL. */
const PAUSE_SHARE = 0.5;

/** Sends several queries to Postgres per `ttlMs`, and records when they are answered. */
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
