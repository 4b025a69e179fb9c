import { Chart } from "../../parts/charts/chart.tsx";
import { formatDuration } from "../../parts/time/duration.ts";
import type { Overview } from "./overview-answer.ts";

const NUMBER = new Intl.NumberFormat(undefined, { notation: "compact" });
const count = (value: number) => NUMBER.format(value);

/**
 * Shows charts of the last hour. The current minute is left out: it is not complete, so it would
 * look like a drop.
 */
export function TrafficCharts(overview: Pick<Overview, "minutes">) {
  const minutes = overview.minutes.slice(0, -1);
  const timesMs = minutes.map(({ at }) => Date.parse(at));
  return (
    <div class="charts">
      <Chart
        title="Per minute"
        timesMs={timesMs}
        format={count}
        lines={[
          { title: "mails", tone: "first", values: minutes.map(({ mails }) => mails) },
          { title: "webhooks", tone: "second", values: minutes.map(({ attempts }) => attempts) },
          { title: "failed", tone: "bad", values: minutes.map(({ failed }) => failed) },
        ]}
      />
      <Chart
        title="Delivery latency"
        timesMs={timesMs}
        format={formatDuration}
        lines={[
          { title: "p50", tone: "first", values: minutes.map((one) => one.latency_p50_ms) },
          { title: "p99", tone: "second", values: minutes.map((one) => one.latency_p99_ms) },
        ]}
      />
    </div>
  );
}
