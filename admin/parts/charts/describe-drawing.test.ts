import { expect, test } from "vitest";
import type { ChartLine } from "./chart-line.ts";
import { describeDrawing } from "./describe-drawing.ts";

const line = (title: string, values: ChartLine["values"]): ChartLine => ({
  title,
  tone: "first",
  values,
});
const timesMs = [60_000, 120_000, 180_000];
const describe = (times: readonly number[], ...lines: ChartLine[]) =>
  describeDrawing(
    { timesMs: times, lines, format: (value) => `${value} ms` },
    (timeMs) => `minute ${timeMs / 60_000}`,
  );

test.each([
  ["a rising line", [1, 2, 3], "A: 3 ms at the end, 3 ms at most, at minute 3."],
  ["a peak, the first of two", [1, 7, 7], "A: 7 ms at the end, 7 ms at most, at minute 2."],
  [
    "an end that is not known",
    [4, null, null],
    "A: nothing at the end, 4 ms at most, at minute 1.",
  ],
  ["zeros", [0, 0, 0], "A: 0 ms at the end, 0 ms at most, at minute 1."],
  ["nothing at all", [null, null, null], "A: nothing."],
])("%s", (_what, values, words) => {
  expect(describe(timesMs, line("A", values))).toBe(`From minute 1 to minute 3. ${words}`);
});

test("each line has its sentence", () => {
  const words = describe(timesMs, line("A", [1, 1, 1]), line("B", [null, null, null]));
  expect(words).toContain("at minute 1. B: nothing.");
});

test("a chart without times is described as empty", () => {
  expect(describe([], line("A", []))).toBe("Nothing to show yet.");
});
