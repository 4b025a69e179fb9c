import { percentile } from "../../../bench/figures.ts";
import type { MemoryReport, MemorySample } from "./memory-report.ts";

export interface MemoryFigures {
  /** The median of each quarter of the run. */
  quartersMib: readonly number[];
  /** The growth over the last three quarters, by least squares. */
  kibPerMinute: number;
  /** The same growth, divided by the logins of that time. */
  kibPerLogin: number;
}

const QUARTERS = [0, 1, 2, 3] as const;
const MAX_GROWTH_SHARE = 0.1;
const MAX_GROWTH_MIB = 5;

export function measureMemory(samples: readonly MemorySample[]): MemoryFigures {
  const startOf = (quarter: number) => Math.round((samples.length * quarter) / 4);
  const late = samples.slice(startOf(1));
  const slope = (xOf: (sample: MemorySample) => number) =>
    slopeOf(late.map((sample) => [xOf(sample), sample.rssMib * 1_024]));
  return {
    quartersMib: QUARTERS.map((quarter) =>
      percentile(
        samples.slice(startOf(quarter), startOf(quarter + 1)).map(({ rssMib }) => rssMib),
        0.5,
      ),
    ),
    kibPerMinute: slope(({ atMs }) => atMs / 60_000),
    kibPerLogin: slope(({ logins }) => logins),
  };
}

/** Returns the slope of the straight line that fits the points best (least squares). */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const both = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return both / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

/** Returns one text for each limit of docs/reliability.md that was exceeded. */
export function judgeMemoryRun(report: MemoryReport): string[] {
  const { sent, lost, wrong, users, watching, samples } = report;
  const faults: string[] = [];
  const find = (what: string, found: string, wanted: string) =>
    faults.push(`${what}: found ${found}, wanted ${wanted}`);
  if (lost > 0) find("Lost", `${lost} of ${sent}`, "none");
  if (wrong > 0) find("Wrong webhooks", `${wrong}`, "none");
  if (watching < users) find("Watched at the end", `${watching}`, `${users}`);
  const { quartersMib } = measureMemory(samples);
  const [, second = NaN, , last = NaN] = quartersMib;
  const maxMib = second * (1 + MAX_GROWTH_SHARE) + MAX_GROWTH_MIB;
  if (!(last <= maxMib))
    find(
      "Memory in the last quarter",
      `${last.toFixed(1)} MiB`,
      `${maxMib.toFixed(1)} MiB at most`,
    );
  return faults;
}
