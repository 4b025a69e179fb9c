import type { Clock } from "../../../shared/clock.ts";

/** Spaces logins out, so that the restart of a fleet does not look like an attack to a provider. */
export interface LoginGate {
  /**
   * Waits for the next login to a host to be due. Rejects when `signal` aborts first.
   *
   * @param ratePerS The provider's own rate for the whole fleet; null for the fleet's.
   */
  pass(host: string, ratePerS: number | null, signal: AbortSignal): Promise<void>;
}

/** A login comes up to this share of an interval late, so that instances do not march in step. */
const JITTER = 0.2;

/**
 * @param instances How many instances share the rate now.
 */
export function createLoginGate(
  { clock }: { clock: Clock },
  settings: { ratePerS: number },
  instances: () => number,
): LoginGate {
  /** When the next login to a host is due, by the monotonic clock. */
  const dueMs = new Map<string, number>();
  return {
    async pass(host, ratePerS, signal) {
      signal.throwIfAborted();
      const intervalMs = (1_000 * Math.max(instances(), 1)) / (ratePerS ?? settings.ratePerS);
      const nowMs = clock.monotonic();
      const startMs = Math.max(nowMs, dueMs.get(host) ?? 0);
      dueMs.set(host, startMs + intervalMs);
      const waitMs = startMs - nowMs + intervalMs * JITTER * clock.random();
      if (startMs > nowMs) await clock.sleep(waitMs, signal);
      signal.throwIfAborted();
    },
  };
}
