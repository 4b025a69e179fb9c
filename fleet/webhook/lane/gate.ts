import type { PauseReason } from "../../../db/deliveries/lane-pauses.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { afterAttempt, breakerAt, type BreakerPolicy, newBreaker } from "./breaker.ts";

/** What a lane does at this moment. */
export type LaneStanding =
  | { state: "running" }
  | { state: "paused"; reason: PauseReason }
  /** Its endpoint fails, and is left alone; `untilMs` is of the monotonic clock. */
  | { state: "open"; untilMs: number; error: string }
  | { state: "probing"; error: string };

export interface GateDeps {
  clock: Clock;
  log: Log;
  /** As the partner's settings say now. */
  pausedReason(): PauseReason | null;
}

/** Whether a lane pulls: its breaker, which each new owner of the lane begins closed, and its pause. */
export interface Gate {
  standing(): LaneStanding;
  /** Hears what an attempt says of the endpoint. */
  onAttempt(hasFailed: boolean, error: string | null): void;
  /** Lets a breaker probe that was open for long enough. Call it when nothing is in flight. */
  probe(): void;
}

/** @param onChange Called when the standing may have changed. */
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
