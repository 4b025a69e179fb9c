import type { StoredMsg } from "@nats-io/jetstream";
import { readAckFloor } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { EVENTS, laneConsumer, laneFilter } from "../../bus/subjects.ts";

/**
 * Returns a lane's oldest event that has not ended; undefined when no event is waiting. Reading the
 * event does not count as a delivery.
 */
export async function oldestEvent(bus: Bus, partnerId: string): Promise<StoredMsg | undefined> {
  const floor = await readAckFloor(bus, EVENTS, laneConsumer(partnerId));
  return eventFrom(bus, partnerId, floor + 1);
}

/** Returns the first event of a lane at or after a sequence. */
export const eventFrom = (bus: Bus, partnerId: string, seq: number) =>
  nextMessage(bus, EVENTS, { seq, subject: laneFilter(partnerId) });
