import type { Clock } from "../../../shared/clock.ts";
import type { Bus } from "../../bus/bus.ts";
import type { MessageHandler } from "./message-handler.ts";
import { eventFrom, oldestEvent } from "./oldest-event.ts";

/**
 * Gives up the events of a lane that are older than `maxAgeMs`, the oldest first. Used while the
 * lane delivers nothing. Stops at the first event that must wait for space in DEAD. Reads events by
 * sequence: a pull would return younger events while the oldest waits for its retry.
 *
 * @param maxAgeMs Must be so long that no attempt of an older event is in flight.
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
