import type { ShownAttempt } from "../../parts/lists/attempt.ts";
import { formatDuration } from "../../parts/time/duration.ts";
import { formatExactTime } from "../../parts/time/time-ago.tsx";
import { useNow } from "../../parts/time/use-now.ts";

interface NextTryProps {
  attempt: Pick<ShownAttempt, "next_attempt_at" | "outcome">;
}

/** Shows a countdown to the next attempt of an event. */
export function NextTry({ attempt: { next_attempt_at, outcome } }: NextTryProps) {
  const nowMs = useNow();
  if (next_attempt_at === null) {
    return <span class="muted">{outcome === "held" ? "held back" : "not known"}</span>;
  }
  const leftMs = Date.parse(next_attempt_at) - nowMs;
  return (
    <time dateTime={next_attempt_at} title={formatExactTime(next_attempt_at)}>
      {leftMs < 1_000 ? "due" : `in ${formatDuration(Math.floor(leftMs / 1_000) * 1_000)}`}
    </time>
  );
}
