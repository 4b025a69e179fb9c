import { expect, test } from "vitest";
import { formatDuration } from "./duration.ts";

test.each([
  [0, "0 ms"],
  [849.6, "850 ms"],
  [999, "999 ms"],
  [1_000, "1 s"],
  [1_299, "1.2 s"],
  [59_999, "59.9 s"],
  [60_000, "1 min"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h"],
  [11_400_000, "3 h 10 min"],
])("%i ms last %s", (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});
