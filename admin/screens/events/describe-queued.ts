import type { ShownAttempt } from "../../parts/attempts/attempt.ts";
import { describeNextTry, type LaneHold } from "../../parts/attempts/describe-next-try.ts";

interface QueuedEvent {
  /** When the event was queued. */
  at: string;
  lane: LaneHold;
}

type LastAttempt = Pick<
  ShownAttempt,
  "number" | "attempted_at" | "status" | "outcome" | "next_attempt_at"
>;

/** An attempt may be this much older than the record of its mail, which is written afterwards. */
const EARLY_MS = 60_000;

/**
 * Describes how far the delivery of a queued event is.
 * @param last The last attempt. One from before the event was queued again is ignored.
 */
export function describeQueued(
  { at, lane }: QueuedEvent,
  last: LastAttempt | undefined,
  nowMs: number,
): string {
  const isCurrent = last && Date.parse(last.attempted_at) > Date.parse(at) - EARLY_MS;
  if (!isCurrent || (last.outcome !== "retry" && last.outcome !== "held")) {
    return "Waiting for delivery.";
  }
  const answer = last.status ?? "no answer";
  return `Attempt ${last.number} failed (${answer}); next try ${describeNextTry(last, lane, nowMs)}.`;
}
