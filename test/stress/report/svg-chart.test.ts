import { expect, test } from "vitest";
import { drawSvgChart, type SvgChart } from "./svg-chart.ts";

const chart: SvgChart = {
  title: "Mails & more <now>",
  series: [
    {
      name: "sent",
      points: [
        { x: 0, y: 0 },
        { x: 5, y: 10 },
        { x: 6, y: null },
        { x: 8, y: 5 },
        { x: 10, y: 5 },
      ],
    },
  ],
  marks: [5],
  scale: "linear",
  maxX: 10,
};

test("points are drawn to scale, from the left edge to the right one, and null interrupts the line", () => {
  expect(drawSvgChart(chart, 0)).toContain('d="M70 186L450 28M678 107L830 107"');
});

test("a mark is a vertical line at its place", () => {
  expect(drawSvgChart(chart, 0)).toContain('<line x1="450" x2="450" y1="28" y2="186"');
});

test("text is escaped", () => {
  expect(drawSvgChart(chart, 0)).toContain("Mails &amp; more &lt;now>");
});

test.each([
  ["linear", 10, ["0", "2.5", "5", "7.5", "10"]],
  ["linear", 1_100, ["0", "500", "1,000", "1,500", "2,000"]],
  ["log", 900, ["1", "10", "100", "1,000"]],
  ["log", 1_000, ["1", "10", "100", "1,000"]],
  ["log", 0, ["1", "10"]],
] as const)("a %s scale up to %d has round numbers", (scale, max, labels) => {
  const svg = drawSvgChart(
    { ...chart, scale, series: [{ name: "y", points: [{ x: 1, y: max }] }] },
    0,
  );
  const found = [...svg.matchAll(/text-anchor="end">([^<]+)</g)].map(([, label]) => label);
  expect(found).toEqual(labels);
});

test("a chart without points is still drawn", () => {
  const empty = drawSvgChart({ ...chart, series: [{ name: "sent", points: [] }], maxX: 0 }, 30);
  expect(empty).toContain('translate(0 30)"');
  expect(empty).not.toContain("NaN");
});
