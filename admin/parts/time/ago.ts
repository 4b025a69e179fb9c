const WORDS = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const UNITS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Returns, for example, `3 min ago`, `in 2 hr` or `now`. */
export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / 1_000);
  const [unit, length] = UNITS.find(([, s]) => Math.abs(seconds) >= s) ?? ["second", 1];
  return WORDS.format(Math.trunc(seconds / length), unit);
}
