/**
 * What a line of a chart shows: the first or the second of two compared values, or failures
 * (`bad`). The tone decides the color of the line.
 */
export const CHART_TONES = ["first", "second", "bad"] as const;

export interface ChartLine {
  title: string;
  tone: (typeof CHART_TONES)[number];
  /** One value for each time; null for a time without a value. */
  values: readonly (number | null)[];
}

export interface Drawing {
  /** Milliseconds since the Unix epoch, in ascending order. */
  timesMs: readonly number[];
  lines: readonly ChartLine[];
  /**
   * The vertical axis. `log`: each mark is ten times the one before, and zero is not drawn.
   * `share`: ends at 1.
   */
  scale?: "linear" | "log" | "share" | undefined;
  /** Formats a value as text. */
  format(value: number): string;
}
