import type { Clock } from "../../../shared/clock.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";

const MAX_PAUSE_MS = 10_000;

interface Persisted<T> {
  /** The name of each failure in the log, such as `bus.unreachable`. */
  event: string;
  action: () => Promise<T>;
  /** Returns whether the failure is final: trying again would not help. */
  isFinal?: (error: unknown) => boolean;
}

/**
 * Repeats the action, with back-off, until it succeeds. Rejects only when `signal` aborts or a
 * failure is final.
 */
export async function persist<T>(
  { clock, log }: { clock: Clock; log: Log },
  { event, action, isFinal }: Persisted<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      if (isFinal?.(error) === true) throw error;
      log.warn(event, { error: toErrorText(error), failures });
      const delayMs = Math.min(250 * 2 ** failures, MAX_PAUSE_MS);
      await clock.sleep(delayMs * (1 + clock.random() * 0.2), signal);
    }
  }
}
