import type { Clock } from "../../../shared/clock.ts";
import type { Bus } from "../../bus/bus.ts";
import type { MessageHandler } from "./message-handler.ts";
import { eventFrom, oldestEvent } from "./oldest-event.ts";

/**
 * Ends the events of a lane at rest that are older than `maxAgeMs`, the oldest first, until one has to
 * wait for room in DEAD. They are read by their sequence: a pull would give out the younger ones, while
 * the oldest waits for its retry. An attempt that began before it was so old has ended by now.
 */
export async function endTooOld(
  deps: { bus: Bus; clock: Clock; end: MessageHandler["end"]; goesOn(): void },
  { partnerId, maxAgeMs }: { partnerId: string; maxAgeMs: number },
  signal: AbortSignal,
): Promise<void> {
  const { bus, clock, end, goesOn } = deps;
  let event = await oldestEvent(bus, partnerId);
  while (event && !signal.aborted && clock.now() - event.time.getTime() > maxAgeMs) {
    goesOn();
    if ((await end(event, signal)) === "again") return;
    event = await eventFrom(bus, partnerId, event.seq + 1);
  }
}
