const DAY_MS = 86_400_000;

const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const BOTH = new Intl.DateTimeFormat(undefined, {
  ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
});

/** As short as the distance between two marks allows; in the viewer's zone. */
export const axisTimeOf = (timeMs: number, stepMs: number): string =>
  (stepMs < DAY_MS ? TIME : DAY).format(timeMs);

/** A moment of a chart: with its day, unless all of the chart is within one. */
export const pointTimeOf = (timeMs: number, spanMs: number): string =>
  (spanMs < DAY_MS ? TIME : BOTH).format(timeMs);
