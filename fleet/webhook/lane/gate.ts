import type { PauseReason } from "../../../db/deliveries/lane-pauses.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { afterAttempt, breakerAt, type BreakerPolicy, newBreaker } from "./breaker.ts";

/** What a lane does now. */
export type LaneStanding =
  | { state: "running" }
  | { state: "paused"; reason: PauseReason }
  /** The endpoint fails, so deliveries are on hold. `untilMs` is on the monotonic clock. */
  | { state: "open"; untilMs: number; error: string }
  | { state: "probing"; error: string };

export interface GateDeps {
  clock: Clock;
  log: Log;
  /** Returns why the partner's current settings pause the lane. Null if they do not. */
  pausedReason(): PauseReason | null;
}

/**
 * Decides whether a lane pulls events. A lane that is paused, or whose breaker is open, pulls none.
 * Each new owner of the lane starts with a closed breaker.
 */
export interface Gate {
  standing(): LaneStanding;
  /**
   * Call it after each attempt that shows whether the endpoint works. `error` describes a failure.
   */
  onAttempt(hasFailed: boolean, error: string | null): void;
  /** Starts probing if the breaker was open long enough. Call it when no attempt is in flight. */
  probe(): void;
}

/**
 * Creates the gate of one lane.
 *
 * @param onChange Called when the result of `standing()` may have changed.
 */
export function createGate(deps: GateDeps, policy: BreakerPolicy, onChange: () => void): Gate {
  const { clock, log } = deps;
  let breaker = newBreaker();
  let lastError = "";

  return {
    standing() {
      const reason = deps.pausedReason();
      if (reason !== null) return { state: "paused", reason };
      switch (breaker.state) {
        case "closed":
          return { state: "running" };
        case "open":
          return { state: "open", untilMs: breaker.untilMs, error: lastError };
        case "probing":
          return { state: "probing", error: lastError };
      }
    },
    onAttempt(hasFailed, error) {
      const before = breaker.state;
      breaker = afterAttempt(breaker, hasFailed, clock.monotonic(), policy);
      if (hasFailed) lastError = error ?? "";
      if (breaker.state === before) return;
      if (breaker.state === "open")
        log.warn("breaker.opened", { open_ms: breaker.openMs, error: lastError });
      if (breaker.state === "closed") log.info("breaker.closed", {});
      onChange();
    },
    probe() {
      breaker = breakerAt(breaker, clock.monotonic());
    },
  };
}
