import type { Clock } from "../../shared/clock.ts";
import type { Semaphore } from "../../shared/semaphore.ts";
import type { Metrics } from "./metrics.ts";

/** The same places, the waiting for them measured. */
export function measuredSemaphore(
  { clock }: { clock: Clock },
  semaphore: Semaphore,
  { readingWait, readingWaiting }: Pick<Metrics, "readingWait" | "readingWaiting">,
): Semaphore {
  return {
    get waiting() {
      return semaphore.waiting;
    },
    async acquire(signal) {
      const startMs = clock.monotonic();
      readingWaiting.inc();
      try {
        return await semaphore.acquire(signal);
      } finally {
        readingWaiting.dec();
        readingWait.observe((clock.monotonic() - startMs) / 1_000);
      }
    },
  };
}
