import type { Clock } from "../../shared/clock.ts";
import type { Places } from "../../shared/concurrency/places.ts";
import type { Metrics } from "./metrics.ts";

/** Wraps `places` so that the metrics show how many callers wait for a place, and for how long. */
export function measuredPlaces(
  { clock }: { clock: Clock },
  places: Places,
  { readingWait, readingWaiting }: Pick<Metrics, "readingWait" | "readingWaiting">,
): Places {
  return {
    hasRoom: places.hasRoom,
    get held() {
      return places.held;
    },
    get waiting() {
      return places.waiting;
    },
    async acquire(party, signal) {
      const startMs = clock.monotonic();
      readingWaiting.inc();
      try {
        return await places.acquire(party, signal);
      } finally {
        readingWaiting.dec();
        readingWait.observe((clock.monotonic() - startMs) / 1_000);
      }
    },
  };
}
