import type { Clock } from "../../../shared/clock.ts";
import { ackFloorOf } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { idOfMessage } from "../../bus/message-id.ts";
import { EVENTS, laneConsumer, userEvents } from "../../bus/subjects.ts";
import { type OpenPast, pastOf, readLastRecord } from "../delivery/past.ts";

/** Whose state is not known: its instance may have died with it in hand. */
const UNKNOWN_MS = 5_000;
/** The time of a retry was set by another instance's clock, perhaps: no wait is longer than this. */
const MAX_WAIT_MS = 5 * 60_000;
const MIN_WAIT_MS = 500;
const MAX_REMEMBERED = 10_000;

/**
 * Finds the earlier event of a user that has not come to its end. What it knows lies in NATS, where
 * events and their last records are, so that a new owner of a lane keeps the order, too.
 *
 * @returns a function that tells for how long an event at `seq` has to wait; null when it need not.
 */
export function blockers({ bus, clock }: { bus: Bus; clock: Clock }, partnerId: string) {
  /** Up to here all events of a user have ended. */
  const endedBelow = new Map<string, number>();
  let floor: Promise<number> | undefined;
  const readFloor = () => (floor = ackFloorOf(bus, EVENTS, laneConsumer(partnerId)));

  async function isOver(userId: string, found: { seq: number; id: string }) {
    const record = await readLastRecord(bus, {
      partner_id: partnerId,
      user_id: userId,
      event_id: idOfMessage(found.id),
    });
    // A record of a later message: the event was published again, and that one counts.
    if (record && record.event_seq > found.seq) return null;
    const past = pastOf(record, found.seq);
    // One that is given up holds up nobody, wherever its letter is.
    if (past.kind !== "open" || found.seq <= (await readFloor())) return null;
    return past;
  }

  return async (userId: string, seq: number): Promise<number | null> => {
    if (endedBelow.size > MAX_REMEMBERED) endedBelow.clear();
    const known = endedBelow.get(userId) ?? Infinity;
    // Sequences begin anew when a store was lost.
    let from = known <= seq ? known : (await (floor ?? readFloor())) + 1;
    for (;;) {
      const subject = userEvents(partnerId, userId);
      const found = await nextMessage(bus, EVENTS, { seq: from, subject });
      if (!found || found.seq >= seq) return null;
      const past = await isOver(userId, { seq: found.seq, id: found.header.get("Nats-Msg-Id") });
      if (past) return waitFor(past, clock.now());
      from = found.seq + 1;
      endedBelow.set(userId, from);
    }
  };
}

const waitFor = ({ againAtMs }: OpenPast, nowMs: number) =>
  againAtMs === null ? UNKNOWN_MS : Math.min(Math.max(againAtMs - nowMs, MIN_WAIT_MS), MAX_WAIT_MS);
