import type { StoredMsg } from "@nats-io/jetstream";
import { ackFloorOf } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { EVENTS, laneConsumer, laneFilter } from "../../bus/subjects.ts";

/** The oldest event of a lane that came to no end; undefined when nothing waits. Nothing is given out for it. */
export async function oldestEvent(bus: Bus, partnerId: string): Promise<StoredMsg | undefined> {
  const floor = await ackFloorOf(bus, EVENTS, laneConsumer(partnerId));
  return eventFrom(bus, partnerId, floor + 1);
}

/** The first event of a lane at a sequence or after it. */
export const eventFrom = (bus: Bus, partnerId: string, seq: number) =>
  nextMessage(bus, EVENTS, { seq, subject: laneFilter(partnerId) });
