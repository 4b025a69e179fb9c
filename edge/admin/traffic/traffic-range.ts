import type { TrafficStep } from "../../../db/traffic/tables.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const TRAFFIC_RANGES = ["hour", "day", "week", "month"] as const;
export type TrafficRange = (typeof TRAFFIC_RANGES)[number];

interface RangeSteps {
  /** The length of a point of the chart, and how many points the chart has. */
  pointMs: number;
  points: number;
  /** The rows from which the points are added up. */
  step: TrafficStep;
  /** The rows from which the figures of a list are added up. Fewer rows make the list fast. */
  listStep: TrafficStep;
}

const RANGES: Readonly<Record<TrafficRange, RangeSteps>> = {
  hour: { pointMs: MINUTE_MS, points: 60, step: "minute", listStep: "minute" },
  day: { pointMs: 15 * MINUTE_MS, points: 96, step: "quarter", listStep: "hour" },
  week: { pointMs: HOUR_MS, points: 168, step: "hour", listStep: "day" },
  month: { pointMs: 6 * HOUR_MS, points: 120, step: "hour", listStep: "day" },
};

const STEP_MS: Readonly<Record<TrafficStep, number>> = {
  minute: MINUTE_MS,
  quarter: 15 * MINUTE_MS,
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
};

/**
 * Returns the points of a range that ends now. The last point is the running one, so it is not
 * complete. Only the range of an hour ends before it.
 */
export function chartOf(range: TrafficRange, nowMs: number) {
  const { pointMs, points, step } = RANGES[range];
  const runningMs = nowMs - (nowMs % pointMs);
  const lastMs = range === "hour" ? runningMs - pointMs : runningMs;
  const timesMs = Array.from({ length: points }, (_, at) => lastMs - (points - 1 - at) * pointMs);
  return { step, pointMs, timesMs, fromMs: lastMs - (points - 1) * pointMs };
}

/** Returns the rows that a list for a range adds up. The first row contains the range's start. */
export function listOf(range: TrafficRange, nowMs: number) {
  const { pointMs, points, listStep } = RANGES[range];
  const startMs = nowMs - points * pointMs;
  return { step: listStep, fromMs: startMs - (startMs % STEP_MS[listStep]) };
}
