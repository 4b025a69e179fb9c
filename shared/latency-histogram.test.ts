import { expect, test } from "vitest";
import { addHistograms, LATENCY_GROWTH, percentileOf } from "./latency-histogram.ts";

const bucketOf = (ms: number) => Math.floor(Math.log(ms) / Math.log(LATENCY_GROWTH));

test.each([
  ["the median of one duration", { [bucketOf(100)]: 1 }, 0.5, 100],
  ["the median of many", { [bucketOf(10)]: 60, [bucketOf(1_000)]: 40 }, 0.5, 10],
  ["the 99th percentile", { [bucketOf(10)]: 98, [bucketOf(5_000)]: 2 }, 0.99, 5_000],
  ["the 99th percentile when one of a hundred is late", { 9: 99, [bucketOf(5_000)]: 1 }, 0.99, 5.6],
])("%s is right to a tenth", (_what, histogram, share, expected) => {
  const found = percentileOf(histogram, share) ?? 0;
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(0.11 * expected + 0.5);
});

test("an empty histogram has no percentile", () => {
  expect(percentileOf({}, 0.5)).toBeNull();
});

test("histograms are added up bucket by bucket", () => {
  expect(addHistograms([{ 1: 2, 5: 1 }, {}, { 5: 3 }])).toEqual({ 1: 2, 5: 4 });
});
