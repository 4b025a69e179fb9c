import type { Kill } from "../kill-instances.ts";
import type { Sample } from "../sample-processes.ts";
import { CHART_HEIGHT, CHART_WIDTH, drawSvgChart, type SvgChart } from "./svg-chart.ts";
import type { Slice } from "./timeline.ts";

export interface Plotted {
  title: string;
  startMs: number;
  slices: readonly Slice[];
  kills: readonly Kill[];
  /** The number of lies (wrong answers on purpose) of the mail server up to each point in time. */
  lies: readonly { atMs: number; count: number }[];
  samples: readonly Sample[];
}

const TITLE_HEIGHT = 30;

/** Returns an SVG with charts of mail, latency, memory and lies. Each kill is a red line. */
export function plotRun({ title, startMs, slices, kills, lies, samples }: Plotted): string {
  const seconds = (atMs: number) => (atMs - startMs) / 1_000;
  const maxX = slices.at(-1)?.atS ?? 0;
  const marks = kills.map(({ atMs }) => seconds(atMs));
  const sliced = (name: string, y: (slice: Slice) => number | null) => ({
    name,
    points: slices.map((slice) => ({ x: slice.atS, y: y(slice) })),
  });
  const charts: SvgChart[] = [
    {
      title: "Mails a second",
      series: [
        sliced("sent", ({ sentPerS }) => sentPerS),
        sliced("delivered", ({ deliveredPerS }) => deliveredPerS),
      ],
      marks,
      scale: "linear",
      maxX,
    },
    {
      title: "From mailbox to webhook, by the time of sending, in ms",
      series: [sliced("p50", ({ p50Ms }) => p50Ms), sliced("p99", ({ p99Ms }) => p99Ms)],
      marks,
      scale: "log",
      maxX,
    },
    {
      title: "Resident memory in MiB",
      series: [...Map.groupBy(samples, ({ process }) => process)].map(([name, own]) => ({
        name,
        points: own.map(({ atMs, rssMib }) => ({ x: seconds(atMs), y: rssMib })),
      })),
      marks,
      scale: "linear",
      maxX,
    },
    {
      title: "Lies of the mail server so far",
      series: [
        {
          name: "lies",
          points: lies.map(({ atMs, count }) => ({ x: seconds(atMs), y: count })),
        },
      ],
      marks,
      scale: "linear",
      maxX,
    },
  ];
  const height = TITLE_HEIGHT + charts.length * CHART_HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART_WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="16" y="20" font-size="15">${title}</text>`,
    ...charts.map((chart, i) => drawSvgChart(chart, TITLE_HEIGHT + i * CHART_HEIGHT)),
    "</svg>",
    "",
  ].join("\n");
}
