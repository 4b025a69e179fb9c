/** What a line means by its colour: the first and the second thing compared, and what went wrong. */
export const CHART_TONES = ["first", "second", "bad"] as const;

export interface ChartLine {
  title: string;
  tone: (typeof CHART_TONES)[number];
  /** One for each time; null where there is nothing to show. */
  values: readonly (number | null)[];
}

export interface Drawing {
  /** In milliseconds since the epoch, rising. */
  timesMs: readonly number[];
  lines: readonly ChartLine[];
  /** A value as a person reads it. */
  format(value: number): string;
}
