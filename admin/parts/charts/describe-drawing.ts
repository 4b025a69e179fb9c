import type { ChartLine, Drawing } from "./chart-line.ts";

/**
 * Describes a chart for people who cannot see it, for example: `From 13:00 to 14:30. Mails: 12 at
 * the end, 40 at most, at 14:05.`
 */
export function describeDrawing(
  { timesMs, lines, format }: Drawing,
  formatTime: (timeMs: number) => string,
): string {
  const [first] = timesMs;
  const last = timesMs.at(-1);
  if (first === undefined || last === undefined) return "Nothing to show yet.";
  const describe = ({ title, values }: ChartLine) => {
    const peak = values.reduce<number | null>((most, value) => larger(most, value), null);
    if (peak === null) return `${title}: nothing`;
    const end = values.at(-1) ?? null;
    const peakAt = formatTime(timesMs[values.indexOf(peak)] ?? last);
    return `${title}: ${end === null ? "nothing" : format(end)} at the end, ${format(peak)} at most, at ${peakAt}`;
  };
  return `From ${formatTime(first)} to ${formatTime(last)}. ${lines.map(describe).join(". ")}.`;
}

const larger = (a: number | null, b: number | null) =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);
