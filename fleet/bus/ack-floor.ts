import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";

/**
 * Returns the sequence up to which a consumer has acknowledged everything. Returns 0 if the
 * consumer does not exist.
 */
export async function readAckFloor(bus: Bus, stream: string, consumer: string): Promise<number> {
  try {
    const info = await bus.jsm.consumers.info(stream, consumer);
    return info.ack_floor.stream_seq;
  } catch (error) {
    const isMissing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
    if (isMissing) return 0;
    throw error;
  }
}
