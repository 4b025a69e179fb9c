import { Chart } from "../../parts/charts/chart.tsx";
import type { ChartLine } from "../../parts/charts/chart-line.ts";
import { formatDuration } from "../../parts/time/duration.ts";
import { formatRate } from "./format-rate.ts";
import type { Traffic, ShownPoint } from "./traffic-answer.ts";

const NUMBER = new Intl.NumberFormat(undefined, { notation: "compact" });
const count = (value: number) => NUMBER.format(value);

interface RangeChartsProps {
  traffic: Traffic;
  /** Whether the backlog is known: that of a partner, and of all partners together. */
  hasBacklog: boolean;
}

/** Shows throughput, success, latency and backlog over time. */
export function RangeCharts({ traffic: { points, point_s }, hasBacklog }: RangeChartsProps) {
  const timesMs = points.map(({ at }) => Date.parse(at));
  const line = (
    title: string,
    tone: ChartLine["tone"],
    value: (point: ShownPoint) => number | null,
  ): ChartLine => ({ title, tone, values: points.map(value) });
  return (
    <div class="charts">
      <Chart
        title={`Per ${formatDuration(point_s * 1_000).replace(/^1 /, "")}`}
        timesMs={timesMs}
        format={count}
        lines={[
          line("mails", "first", ({ mails }) => mails),
          line("webhooks", "second", ({ attempts }) => attempts),
          line("failed", "bad", ({ failed }) => failed),
        ]}
      />
      <Chart
        title="Success"
        timesMs={timesMs}
        format={formatRate}
        scale="share"
        lines={[line("of all attempts", "first", ({ success_rate }) => success_rate)]}
      />
      <Chart
        title="Delivery latency"
        timesMs={timesMs}
        format={formatDuration}
        scale="log"
        lines={[
          line("p50", "first", ({ latency_p50_ms }) => latency_p50_ms),
          line("p90", "second", ({ latency_p90_ms }) => latency_p90_ms),
          line("p99", "bad", ({ latency_p99_ms }) => latency_p99_ms),
        ]}
      />
      {hasBacklog && (
        <Chart
          title="Backlog"
          timesMs={timesMs}
          format={count}
          lines={[line("undelivered events", "first", ({ backlog }) => backlog)]}
        />
      )}
    </div>
  );
}
