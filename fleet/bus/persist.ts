import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";

const MAX_PAUSE_MS = 10_000;

/**
 * Tries again with back-off until it succeeds or `signal` aborts, and only then rejects. Each failure is
 * logged under the name of `event`.
 */
export async function persist<T>(
  { clock, log }: { clock: Clock; log: Log },
  { event, action }: { event: string; action: () => Promise<T> },
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      log.warn(event, { error: messageOf(error), failures });
      const delayMs = Math.min(250 * 2 ** failures, MAX_PAUSE_MS);
      await clock.sleep(delayMs * (1 + clock.random() * 0.2), signal);
    }
  }
}
