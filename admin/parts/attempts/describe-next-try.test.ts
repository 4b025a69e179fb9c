import { expect, test } from "vitest";
import { describeNextTry, type LaneHold } from "./describe-next-try.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const at = (seconds: number) => new Date(NOW_MS + seconds * 1_000).toISOString();
const lane = (state: LaneHold["state"], openUntil: string | null = null): LaneHold => ({
  state,
  open_until: openUntil,
});

test.each<[string | null, "retry" | "held", LaneHold, string]>([
  [at(34), "retry", lane("running"), "in 34 s"],
  [at(34.9), "retry", lane("unreported"), "in 34 s"],
  [at(0.5), "retry", lane("running"), "due"],
  [at(-16), "retry", lane("running"), "due"],
  [at(-16), "retry", lane("open", at(44)), "in 44 s (deliveries are on hold)"],
  [at(-16), "retry", lane("open", at(-1)), "due"],
  [at(60), "retry", lane("open", at(44)), "in 1 min"],
  [at(-16), "retry", lane("probing"), "due"],
  [at(34), "retry", lane("paused"), "when deliveries are resumed"],
  [null, "held", lane("running"), "held back"],
  [null, "retry", lane("running"), "not known"],
])(
  "an attempt planned for %s after a %s, with the lane %j, is made %s",
  (next, outcome, hold, words) => {
    expect(describeNextTry({ outcome, next_attempt_at: next }, hold, NOW_MS)).toBe(words);
  },
);
