export interface Series {
  name: string;
  /** If `y` is null, the line is interrupted at this point. */
  points: readonly { x: number; y: number | null }[];
}

export interface SvgChart {
  title: string;
  series: readonly Series[];
  /** The x values of the vertical lines. */
  marks?: readonly number[];
  scale: "linear" | "log";
  /** The x value at the right end of the axis. */
  maxX: number;
}

export const CHART_WIDTH = 960;
export const CHART_HEIGHT = 210;
const LEFT = 70;
const RIGHT = 130;
const TOP = 28;
const BOTTOM = 24;
const COLORS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b"];
const GRID_LINES = 4;
const X_LABELS = 8;

/** Draws a line chart as an SVG group. `offsetY` is its vertical position. */
export function drawSvgChart(chart: SvgChart, offsetY: number): string {
  const ys = chart.series.flatMap(({ points }) => points.flatMap(({ y }) => y ?? []));
  const maxY = niceMax(Math.max(1, ...ys), chart.scale);
  const x = (value: number) =>
    round(LEFT + (value / Math.max(chart.maxX, 1)) * (CHART_WIDTH - LEFT - RIGHT));
  const y = (value: number) =>
    round(
      CHART_HEIGHT - BOTTOM - scaleHeight(value, maxY, chart.scale) * (CHART_HEIGHT - TOP - BOTTOM),
    );
  const pickColor = (index: number) => COLORS[index % COLORS.length];
  return [
    `<g transform="translate(0 ${offsetY})">`,
    `<text x="${LEFT}" y="16" font-weight="bold">${escapeXml(chart.title)}</text>`,
    ...gridValues(maxY, chart.scale).map(
      (value) =>
        `<line x1="${LEFT}" x2="${CHART_WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
        `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString("en-US")}</text>`,
    ),
    ...Array.from({ length: X_LABELS + 1 }, (_, i) => (i * chart.maxX) / X_LABELS).map(
      (value) =>
        `<text x="${x(value)}" y="${CHART_HEIGHT - 8}" text-anchor="middle">${Math.round(value)} s</text>`,
    ),
    ...(chart.marks ?? []).map(
      (value) =>
        `<line x1="${x(value)}" x2="${x(value)}" y1="${TOP}" y2="${CHART_HEIGHT - BOTTOM}" stroke="#d62728" stroke-opacity="0.25"/>`,
    ),
    ...chart.series.map(
      ({ points }, index) =>
        `<path d="${drawPath(points, x, y)}" fill="none" stroke="${pickColor(index)}" stroke-width="1.5"/>`,
    ),
    ...chart.series.map(
      ({ name }, index) =>
        `<text x="${CHART_WIDTH - RIGHT + 8}" y="${TOP + 10 + index * 16}" fill="${pickColor(index)}">${escapeXml(name)}</text>`,
    ),
    "</g>",
  ].join("\n");
}

function drawPath(
  points: Series["points"],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  let isDrawing = false;
  return points
    .map((point) => {
      const command = isDrawing ? "L" : "M";
      isDrawing = point.y !== null;
      return point.y === null ? "" : `${command}${x(point.x)} ${y(point.y)}`;
    })
    .join("");
}

/** Returns the height of a value, from 0 (bottom) to 1 (top). A logarithmic scale begins at 1. */
function scaleHeight(value: number, max: number, scale: SvgChart["scale"]): number {
  return scale === "linear" ? value / max : Math.log10(Math.max(value, 1)) / Math.log10(max);
}

/**
 * Rounds up to 1, 2 or 5 times a power of ten. For a logarithmic scale, rounds up to a power of
 * ten.
 */
function niceMax(max: number, scale: SvgChart["scale"]): number {
  const power = 10 ** Math.floor(Math.log10(max));
  if (scale === "log") return Math.max(10, max > power ? power * 10 : power);
  return ([1, 2, 5, 10].find((step) => step * power >= max) ?? 10) * power;
}

function gridValues(max: number, scale: SvgChart["scale"]): number[] {
  if (scale === "linear") {
    return Array.from({ length: GRID_LINES + 1 }, (_, i) => (i * max) / GRID_LINES);
  }
  return Array.from({ length: Math.round(Math.log10(max)) + 1 }, (_, i) => 10 ** i);
}

const round = (value: number) => Math.round(value * 10) / 10;

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
