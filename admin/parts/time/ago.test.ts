import { expect, test } from "vitest";
import { formatAgo } from "./ago.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

test.each([
  [NOW, "now"],
  [NOW - 400, "now"],
  [NOW - 1_000, "1 sec. ago"],
  [NOW - 59_000, "59 sec. ago"],
  [NOW - 60_000, "1 min. ago"],
  [NOW - 3_599_000, "59 min. ago"],
  [NOW - 86_400_000, "yesterday"],
  [NOW - 40 * 86_400_000, "last mo."],
  [NOW + 7_200_000, "in 2 hr."],
])("%i is shown as %s", (atMs, words) => {
  expect(formatAgo(atMs, NOW)).toBe(words);
});
