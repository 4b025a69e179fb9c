import { expect, test } from "vitest";
import { describeQueued } from "./describe-queued.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const at = (seconds: number) => new Date(NOW_MS + seconds * 1_000).toISOString();
const event = { at: at(-100), lane: { state: "running", open_until: null } } as const;
const failed = (attemptedAt: number, status: number | null, outcome: "retry" | "delivered") => ({
  number: 2,
  attempted_at: at(attemptedAt),
  status,
  outcome,
  next_attempt_at: at(34),
});

test.each([
  [undefined, "Waiting for delivery."],
  [failed(-10, 500, "retry"), "Attempt 2 failed (500); next try in 34 s."],
  [failed(-101, null, "retry"), "Attempt 2 failed (no answer); next try in 34 s."],
  [failed(-300, 500, "retry"), "Waiting for delivery."],
  [failed(-110, 200, "delivered"), "Waiting for delivery."],
])("after the attempt %j: %s", (last, words) => {
  expect(describeQueued(event, last, NOW_MS)).toBe(words);
});
