import type { ShownAttempt } from "./attempt.ts";
import { formatDuration } from "../time/duration.ts";

/** The state of the partner's deliveries, as far as it delays the next attempt. */
export interface LaneHold {
  state: "running" | "paused" | "open" | "probing" | "unreported";
  /** Until when deliveries are on hold, because the endpoint fails. */
  open_until: string | null;
}

/** Returns when the next attempt of a queued event is made, for example `in 34 s`. */
export function describeNextTry(
  { outcome, next_attempt_at }: Pick<ShownAttempt, "outcome" | "next_attempt_at">,
  { state, open_until }: LaneHold,
  nowMs: number,
): string {
  if (state === "paused") return "when deliveries are resumed";
  if (next_attempt_at === null) return outcome === "held" ? "held back" : "not known";
  const plannedMs = Date.parse(next_attempt_at);
  const heldUntilMs = state === "open" && open_until !== null ? Date.parse(open_until) : plannedMs;
  const leftMs = Math.max(plannedMs, heldUntilMs) - nowMs;
  if (leftMs < 1_000) return "due";
  const wait = `in ${formatDuration(Math.floor(leftMs / 1_000) * 1_000)}`;
  return heldUntilMs > plannedMs ? `${wait} (deliveries are on hold)` : wait;
}
