import { expect, test } from "vitest";
import { chartOf, listOf, type TrafficRange } from "./traffic-range.ts";

const NOW_MS = Date.parse("2026-11-22T20:30:45.678Z");
const at = (ms: number | undefined) => new Date(ms ?? 0).toISOString();

test.each<[TrafficRange, number, string, string]>([
  ["hour", 60, "2026-11-22T19:30:00.000Z", "2026-11-22T20:29:00.000Z"],
  ["day", 96, "2026-11-21T20:45:00.000Z", "2026-11-22T20:30:00.000Z"],
  ["week", 168, "2026-11-15T21:00:00.000Z", "2026-11-22T20:00:00.000Z"],
  ["month", 120, "2026-10-24T00:00:00.000Z", "2026-11-22T18:00:00.000Z"],
])("the chart of a %s has %i points from %s to %s", (range, points, first, last) => {
  const { timesMs, fromMs } = chartOf(range, NOW_MS);
  expect(timesMs).toHaveLength(points);
  expect([at(timesMs[0]), at(timesMs.at(-1)), at(fromMs)]).toEqual([first, last, first]);
});

test.each<[TrafficRange, string, string]>([
  ["hour", "minute", "2026-11-22T19:30:00.000Z"],
  ["day", "hour", "2026-11-21T20:00:00.000Z"],
  ["week", "day", "2026-11-15T00:00:00.000Z"],
  ["month", "day", "2026-10-23T00:00:00.000Z"],
])("the list of a %s adds up each %s since %s", (range, step, from) => {
  const list = listOf(range, NOW_MS);
  expect([list.step, at(list.fromMs)]).toEqual([step, from]);
});
