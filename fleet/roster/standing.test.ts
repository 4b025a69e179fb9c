import { expect, test } from "vitest";
import { judgeStanding } from "./standing.ts";

test.each([
  [0, "claiming"],
  [24_999, "claiming"],
  [25_000, "holding"],
  [29_999, "holding"],
  [30_000, "fenced"],
  [Infinity, "fenced"],
])("%i ms after its last heartbeat an instance is %s", (sinceBeatMs, standing) => {
  expect(judgeStanding(sinceBeatMs, 30_000)).toBe(standing);
});
