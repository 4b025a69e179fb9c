import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Heartbeat } from "./heartbeat.ts";

export interface ReachDeps {
  clock: Clock;
  log: Log;
  /**
   * Sends a request over a connection that is not busy with anything else. Without an answer,
   * rejects long before the TTL is over.
   */
  ask(): Promise<unknown>;
}

/** Finds out with its own requests whether a server answers this instance. */
export interface Reach extends Repetition {
  /** Returns how long the server has been silent, and how long it has answered without a pause. */
  describe(): NonNullable<Heartbeat["database"]>;
}

export interface ReachOptions {
  /** The name of the loop in the log. */
  name: "database_reach" | "nats_reach";
  ttlMs: number;
}

/** How many requests are sent per TTL: several, so that a single lost one does not matter. */
const QUESTIONS = 6;
/** A time without an answer counts as a pause if it is longer than this share of the TTL. */
const PAUSE_SHARE = 0.5;

/** Sends several requests to a server per `ttlMs`, and records when they are answered. */
export function createReach(deps: ReachDeps, { name, ttlMs }: ReachOptions): Reach {
  const { clock } = deps;
  let heardMs = clock.monotonic();
  let sinceMs = heardMs;

  const asking = repeat(deps, {
    name,
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
