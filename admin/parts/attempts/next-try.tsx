import { formatExactTime } from "../time/exact-time.ts";
import { useNow } from "../time/use-now.ts";
import type { ShownAttempt } from "./attempt.ts";
import { describeNextTry, type LaneHold } from "./describe-next-try.ts";

interface NextTryProps {
  /** The last attempt of a queued event. */
  attempt: Pick<ShownAttempt, "next_attempt_at" | "outcome">;
  lane: LaneHold;
}

/** Shows when the next attempt of an event is made. */
export function NextTry({ attempt, lane }: NextTryProps) {
  const words = describeNextTry(attempt, lane, useNow());
  const { next_attempt_at: at } = attempt;
  if (at === null) return <span class="muted">{words}</span>;
  return (
    <time dateTime={at} title={formatExactTime(at)}>
      {words}
    </time>
  );
}
