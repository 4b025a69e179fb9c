import "../../style/chart.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartLine, Drawing } from "./chart-line.ts";
import { formatPointTime } from "./chart-times.ts";
import { describeDrawing } from "./describe-drawing.ts";
import type { DrawnChart } from "./draw-chart.ts";

interface ChartProps extends Drawing {
  title: string;
}

/**
 * Draws lines over time, and shows the values at the pointer. The values may change later. To
 * change the lines, render a `Chart` with another `key`.
 */
export function Chart({ title, ...drawing }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const newest = useRef<Drawing>(drawing);
  newest.current = drawing;
  const [chart, setChart] = useState<DrawnChart | "missing" | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);

  // The chart library is large, so it is loaded only after the text of the figure was shown.
  useEffect(() => {
    let drawn: DrawnChart | undefined;
    let isGone = false;
    void import("./draw-chart.ts").then(
      ({ drawChart }) => {
        if (isGone || !place.current) return;
        drawn = drawChart({ element: place.current, onPoint: setPointed }, newest.current);
        setChart(drawn);
      },
      () => setChart("missing"),
    );
    return () => {
      isGone = true;
      drawn?.destroy();
    };
  }, []);
  const { timesMs, lines, format } = drawing;
  useEffect(() => {
    if (chart !== null && chart !== "missing") chart.draw(newest.current);
  }, [chart, timesMs, lines]);

  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const formatTime = (timeMs: number) => formatPointTime(timeMs, spanMs);
  const at = pointed ?? lastKnown(lines);
  const shown = timesMs[at];
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {lines.map((line) => (
          <span key={line.title}>
            <i class={`chart-${line.tone}`} />
            {line.title} <b>{shownValue(line, at, format)}</b>
          </span>
        ))}
        <time class="muted">{shown === undefined ? "" : formatTime(shown)}</time>
      </figcaption>
      <div
        ref={place}
        class="chart-place"
        role="img"
        aria-label={`${title}. ${describeDrawing(drawing, formatTime)}`}
      >
        {chart === "missing" && (
          <p class="muted">The chart could not be loaded. Reload the page.</p>
        )}
      </div>
    </figure>
  );
}

/** Returns the index of the last time at which any line has a value. */
const lastKnown = (lines: readonly ChartLine[]) =>
  Math.max(0, ...lines.map(({ values }) => values.findLastIndex((value) => value !== null)));

function shownValue({ values }: ChartLine, at: number, format: Drawing["format"]): string {
  const value = values[at] ?? null;
  return value === null ? "–" : format(value);
}
