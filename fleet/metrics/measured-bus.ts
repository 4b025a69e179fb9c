import type { Clock } from "../../shared/clock.ts";
import type { Bus, Message, Stored } from "../bus/bus.ts";
import { findStream } from "../bus/subjects.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Wraps a bus so that its publications are measured. The owner of `bus` must still close it.
 */
export function measuredBus({ clock }: { clock: Clock }, bus: Bus, metrics: Metrics): Bus {
  const measure = async (message: Message, publication: Promise<Stored>): Promise<Stored> => {
    const startMs = clock.monotonic();
    const stored = await publication;
    const stream = findStream(message.subject) ?? "other";
    metrics.publishDuration.observe({ stream }, (clock.monotonic() - startMs) / 1_000);
    if (stored.duplicate) {
      metrics.publishDuplicates.inc({ stream });
    } else {
      metrics.published.inc({ stream });
      metrics.publishedBytes.inc({ stream }, sizeBytes(message.payload));
    }
    return stored;
  };
  return {
    ...bus,
    publish: (message) => measure(message, bus.publish(message)),
    publishUntilStored: (message, signal) =>
      measure(message, bus.publishUntilStored(message, signal)),
  };
}

const sizeBytes = (payload: Uint8Array | string) => Buffer.byteLength(payload);
