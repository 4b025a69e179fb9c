import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { formatDuration } from "../../parts/time/duration.ts";
import type { ChartLine, Drawing } from "../../parts/charts/chart-line.ts";

type TracerLog = InferResponseType<(typeof api)["tracer-log"]["$get"], 200>;
export type ShownTracer = TracerLog["tracers"][number];

/**
 * Returns a chart of the tracers' latency. The horizontal axis is the time of sending.
 * @param tracers Newest first.
 */
export function drawLatency(tracers: readonly ShownTracer[]): Drawing {
  const rising = tracers.toSorted((a, b) => Date.parse(a.sent_at) - Date.parse(b.sent_at));
  const seen: ChartLine = {
    title: "seen in the mailbox",
    tone: "first",
    values: rising.map(({ seen_after_ms }) => seen_after_ms),
  };
  const answered: ChartLine = {
    title: "webhook answered",
    tone: "second",
    values: rising.map(({ answered_after_ms }) => answered_after_ms),
  };
  const isDelivered = answered.values.some((value) => value !== null);
  return {
    timesMs: rising.map(({ sent_at }) => Date.parse(sent_at)),
    lines: isDelivered ? [seen, answered] : [seen],
    format: formatDuration,
  };
}
