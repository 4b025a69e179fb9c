/**
 * A histogram of durations: a count for each bucket. The bucket `n` has the durations from
 * GROWTH^n up to GROWTH^(n+1) milliseconds. So percentiles are exact to about a tenth, whatever
 * the duration, and the histograms of several periods can be added up.
 */
export type LatencyHistogram = Readonly<Record<string, number>>;

export const LATENCY_GROWTH = 1.2;
/** The last bucket: durations of 5.9 days and more. */
export const LAST_LATENCY_BUCKET = 110;

/** Adds up histograms. */
export function addHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram {
  const sum: Record<string, number> = {};
  for (const one of histograms)
    for (const [bucket, count] of Object.entries(one)) sum[bucket] = (sum[bucket] ?? 0) + count;
  return sum;
}

/**
 * Returns the duration below which the given share of all durations lies, in milliseconds: the
 * middle of its bucket. Null when the histogram is empty.
 * @param share From 0 to 1, for example 0.99.
 */
export function percentileOf(histogram: LatencyHistogram, share: number): number | null {
  const buckets = Object.entries(histogram)
    .map(([bucket, count]) => ({ bucket: Number(bucket), count }))
    .toSorted((a, b) => a.bucket - b.bucket);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  for (const { bucket, count } of buckets) {
    passed += count;
    if (passed >= share * total) return Math.round(LATENCY_GROWTH ** (bucket + 0.5));
  }
  return null;
}
