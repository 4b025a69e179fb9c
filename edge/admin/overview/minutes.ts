import type { TrafficMinute } from "../../../db/admin/traffic-minutes.ts";

const MINUTES = 60;
const MINUTE_MS = 60_000;

export interface Minute {
  /** The time when the minute began. */
  at: string;
  mails: number;
  attempts: number;
  failed: number;
  /**
   * The median and the 99th percentile of the time from recording a mail to its webhook's success.
   * Null when no webhook succeeded.
   */
  latency_p50_ms: number | null;
  latency_p99_ms: number | null;
}

/** Returns the minutes of the last hour, oldest first; the last one is the current minute. */
export function lastHour(counted: readonly TrafficMinute[], nowMs: number): Minute[] {
  const byMinute = new Map(counted.map((one) => [one.minute.getTime(), one]));
  const firstMs = nowMs - (nowMs % MINUTE_MS) - (MINUTES - 1) * MINUTE_MS;
  return Array.from({ length: MINUTES }, (_, index) => {
    const atMs = firstMs + index * MINUTE_MS;
    const found = byMinute.get(atMs);
    return {
      at: new Date(atMs).toISOString(),
      mails: found?.mails ?? 0,
      attempts: found?.attempts ?? 0,
      failed: found?.failed ?? 0,
      latency_p50_ms: found?.wayP50Ms ?? null,
      latency_p99_ms: found?.wayP99Ms ?? null,
    };
  });
}
