import { expect, test } from "vitest";
import { toChartPoints } from "./chart-points.ts";

const MINUTE_MS = 60_000;
const START_MS = Date.parse("2026-11-22T20:00:00Z");
const NOTHING = { mails: 0, attempts: 0, failed: 0, latency: {}, backlog: 0, oldestS: 0 };
const counted = (minute: number, found: Partial<typeof NOTHING>) => ({
  ...NOTHING,
  ...found,
  start: new Date(START_MS + minute * MINUTE_MS),
});
const TIMES = [START_MS, START_MS + 15 * MINUTE_MS];

test("counts of the same point are added up, and the backlog is the largest", () => {
  const rows = [
    counted(0, { mails: 2, attempts: 3, failed: 1, latency: { 25: 2 }, backlog: 7, oldestS: 30 }),
    counted(14, { mails: 1, attempts: 1, latency: { 25: 1 }, backlog: 4, oldestS: 50 }),
    counted(15, { mails: 5 }),
  ];
  const [first, second] = toChartPoints(rows, TIMES, 15 * MINUTE_MS);
  expect(first).toEqual({
    at: "2026-11-22T20:00:00.000Z",
    ...{ mails: 3, attempts: 4, failed: 1, success_rate: 0.75, backlog: 7, oldest_s: 50 },
    ...{ latency_p50_ms: 105, latency_p90_ms: 105, latency_p99_ms: 105 },
  });
  expect(second).toMatchObject({ mails: 5, attempts: 0, success_rate: null });
});

test("a point without counts is zero, and has no latency and no success rate", () => {
  const points = toChartPoints([], TIMES, 15 * MINUTE_MS);
  expect(points).toMatchObject([
    { mails: 0, attempts: 0, failed: 0, success_rate: null, latency_p99_ms: null, backlog: 0 },
    { mails: 0 },
  ]);
});
