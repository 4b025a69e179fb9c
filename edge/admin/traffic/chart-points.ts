import type { TrafficPoint } from "../../../db/traffic/read-points.ts";
import { addHistograms, percentileOf } from "../../../shared/latency-histogram.ts";

export interface ChartPoint {
  /** The time when the period began. */
  at: string;
  mails: number;
  attempts: number;
  failed: number;
  /** The share of attempts that succeeded, from 0 to 1. Null without attempts. */
  success_rate: number | null;
  /**
   * The percentiles of the time from a mail's event to its webhook's success, exact to a tenth.
   * Null when no webhook succeeded.
   */
  latency_p50_ms: number | null;
  latency_p90_ms: number | null;
  latency_p99_ms: number | null;
  /** The most events that waited for their delivery, and the greatest age of the oldest. */
  backlog: number;
  oldest_s: number;
}

/**
 * Adds up what was counted to the points of a chart. A point without counts is zero.
 * @param timesMs When each point begins, in milliseconds since the Unix epoch, ascending.
 * @param pointMs The length of a point in milliseconds.
 */
export function toChartPoints(
  counted: readonly TrafficPoint[],
  timesMs: readonly number[],
  pointMs: number,
): ChartPoint[] {
  const byPoint = Map.groupBy(counted, ({ start }) => {
    const startMs = start.getTime();
    return startMs - (startMs % pointMs);
  });
  return timesMs.map((timeMs) => toChartPoint(timeMs, byPoint.get(timeMs) ?? []));
}

function toChartPoint(timeMs: number, parts: readonly TrafficPoint[]): ChartPoint {
  const sum = (field: "mails" | "attempts" | "failed") =>
    parts.reduce((total, part) => total + part[field], 0);
  const [attempts, failed] = [sum("attempts"), sum("failed")];
  const latency = addHistograms(parts.map((part) => part.latency));
  return {
    at: new Date(timeMs).toISOString(),
    ...{ mails: sum("mails"), attempts, failed, success_rate: successRate({ attempts, failed }) },
    latency_p50_ms: percentileOf(latency, 0.5),
    latency_p90_ms: percentileOf(latency, 0.9),
    latency_p99_ms: percentileOf(latency, 0.99),
    backlog: Math.max(0, ...parts.map(({ backlog }) => backlog)),
    oldest_s: Math.max(0, ...parts.map(({ oldestS }) => oldestS)),
  };
}

/** Returns the share of attempts that succeeded, from 0 to 1. Null without attempts. */
export const successRate = ({ attempts, failed }: { attempts: number; failed: number }) =>
  attempts === 0 ? null : (attempts - failed) / attempts;
