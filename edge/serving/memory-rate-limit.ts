import type { RateLimiter } from "../settings.ts";

/** How many keys are counted. Beyond this number, the key that was counted first is dropped. */
const MAX_KEYS = 100_000;

/**
 * Counts the requests of each key in fixed windows, in the memory of this process, like the
 * rate-limit binding of Workers.
 *
 * @param now Returns a time in milliseconds that never goes back.
 */
export function createMemoryRateLimit(
  { requests, periodS }: { requests: number; periodS: number },
  now: () => number,
): RateLimiter {
  const counts = new Map<string, number>();
  let endsAtMs = now() + periodS * 1_000;
  return {
    limit({ key }) {
      if (now() >= endsAtMs) {
        counts.clear();
        endsAtMs = now() + periodS * 1_000;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const [oldest] = counts.keys();
      if (counts.size > MAX_KEYS && oldest !== undefined) counts.delete(oldest);
      return Promise.resolve({ success: count <= requests });
    },
  };
}
