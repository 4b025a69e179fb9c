const DAY_MS = 86_400_000;

const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const BOTH = new Intl.DateTimeFormat(undefined, {
  ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
});

/**
 * Formats the time at a mark of the axis, in the viewer's time zone. Shows the day if the marks are
 * a day or more apart, otherwise the time of day.
 */
export const formatAxisTime = (timeMs: number, stepMs: number): string =>
  (stepMs < DAY_MS ? TIME : DAY).format(timeMs);

/**
 * Formats the time of a point in the chart. The day is left out if the chart covers less than a
 * day.
 */
export const formatPointTime = (timeMs: number, spanMs: number): string =>
  (spanMs < DAY_MS ? TIME : BOTH).format(timeMs);
