import UPlot from "uplot";
import type { ChartLine, Drawing } from "./chart-line.ts";
import { formatAxisTime } from "./chart-times.ts";

export interface DrawnChart {
  /** Draws new values. The number, titles and tones of the lines must be the same as before. */
  draw(drawing: Drawing): void;
  destroy(): void;
}

interface ChartPlace {
  /** The chart always has the size of this element. */
  element: HTMLElement;
  /**
   * Called with the index of the time under the pointer, or with null when the pointer leaves the
   * chart.
   */
  onPoint(index: number | null): void;
}

/**
 * The top of the axis is at least this value. With a smaller top, several marks of the axis would
 * be rounded to the same whole number.
 */
const LEAST_TOP = 5;
const FONT_PX = 12;

/** Draws a chart, and redraws it when the element's size or the page's colors change. */
export function drawChart({ element, onPoint }: ChartPlace, first: Drawing): DrawnChart {
  const { width, height } = element.getBoundingClientRect();
  let { format } = first;
  const colours = colourProbe(element);
  const ink = () => colours.of("chart-axis");
  const axis: UPlot.Axis = {
    stroke: ink,
    font: `${FONT_PX}px ${getComputedStyle(element).fontFamily}`,
    grid: { stroke: () => colours.of("chart-grid"), width: 1 },
    ticks: { show: false },
  };
  const chart = new UPlot(
    {
      width,
      height,
      ms: 1,
      // The last label of the axis is centered on the right edge.
      padding: [8, 34, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { y: { range: (_chart, _min, max) => [0, Math.max(max ?? 0, LEAST_TOP) * 1.08] } },
      axes: [
        {
          ...axis,
          space: 70,
          size: 22,
          values: (_chart, splits, _axis, _space, stepMs) =>
            splits.map((timeMs) => formatAxisTime(timeMs, stepMs)),
        },
        {
          ...axis,
          space: 34,
          size: (_chart, values) => 14 + longest(values) * FONT_PX * 0.6,
          values: (_chart, splits) => splits.map((value) => format(value)),
        },
      ],
      series: [{}, ...first.lines.map((line, index) => toSeries(line, index, colours))],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
    },
    toColumns(first),
    element,
  );

  const resized = new ResizeObserver(([entry]) => entry && chart.setSize(entry.contentRect));
  resized.observe(element);
  const recolour = () => chart.redraw(false);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", recolour);
  const chosen = new MutationObserver(recolour);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });

  return {
    draw(drawing) {
      ({ format } = drawing);
      chart.setData(toColumns(drawing));
    },
    destroy() {
      resized.disconnect();
      chosen.disconnect();
      scheme.removeEventListener("change", recolour);
      chart.destroy();
    },
  };
}

const toColumns = ({ timesMs, lines }: Drawing): UPlot.AlignedData => [
  [...timesMs],
  ...lines.map(({ values }) => [...values]),
];

/**
 * Returns the settings of a line for the library uPlot. The area below the first line is filled.
 */
function toSeries({ title, tone }: ChartLine, index: number, colours: ColourProbe): UPlot.Series {
  const colour = () => colours.of(`chart-${tone}`);
  return {
    label: title,
    stroke: colour,
    width: index === 0 ? 2 : 1.5,
    ...(index === 0 && { fill: () => colours.of(`chart-${tone} chart-paper`) }),
    ...(tone === "bad" && { dash: [4, 3] }),
    points: { show: false, size: 5, filter: ({ data }, at) => lonelyPoints(data[at] ?? []) },
  };
}

/**
 * Returns the indices of values that have a gap on both sides. The chart shows them as points,
 * because no line leads to them.
 */
function lonelyPoints(values: ArrayLike<number | null | undefined>): number[] {
  const isKnown = (at: number) => typeof values[at] === "number";
  return Array.from(values, (_value, at) => at).filter(
    (at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1),
  );
}

const longest = (texts: readonly (string | null)[] | null) =>
  Math.max(0, ...(texts ?? []).map((text) => text?.length ?? 0));

interface ColourProbe {
  /** Returns the current color of an element with these classes. */
  of(classes: string): string;
}

/**
 * Reads the colors of the style sheets from an invisible element. Style sheets cannot color the
 * chart itself, because it is drawn on a canvas.
 */
function colourProbe(element: HTMLElement): ColourProbe {
  const probe = element.appendChild(document.createElement("i"));
  probe.hidden = true;
  return {
    of(classes) {
      probe.className = classes;
      return getComputedStyle(probe).color;
    },
  };
}
