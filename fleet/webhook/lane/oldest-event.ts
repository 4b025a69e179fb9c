import { ackFloorOf } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { EVENTS, laneConsumer, laneFilter } from "../../bus/subjects.ts";

/** The oldest event of a lane that came to no end; undefined when nothing waits. */
export async function oldestEvent(
  bus: Bus,
  partnerId: string,
): Promise<{ storedAtMs: number } | undefined> {
  const floor = await ackFloorOf(bus, EVENTS, laneConsumer(partnerId));
  const query = { seq: floor + 1, subject: laneFilter(partnerId) };
  const found = await nextMessage(bus, EVENTS, query);
  return found && { storedAtMs: found.time.getTime() };
}
