/** The meaning of a line's color: the first or the second of two compared values, or failures. */
export const CHART_TONES = ["first", "second", "bad"] as const;

export interface ChartLine {
  title: string;
  tone: (typeof CHART_TONES)[number];
  /** One value for each time; null for a time without a value. */
  values: readonly (number | null)[];
}

export interface Drawing {
  /** In milliseconds since the epoch, ascending. */
  timesMs: readonly number[];
  lines: readonly ChartLine[];
  /** Formats a value for people. */
  format(value: number): string;
}
