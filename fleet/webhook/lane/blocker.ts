import type { Clock } from "../../../shared/clock.ts";
import { readAckFloor } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";
import { dropOccasion } from "../../bus/message-id.ts";
import { EVENTS, laneConsumer, userEventFilter } from "../../bus/subjects.ts";
import { judgePast, type OpenPast, readLastRecord } from "../delivery/past.ts";

/**
 * How long an event waits for an earlier one whose next attempt is not known. Example: the instance
 * that handled the earlier event has crashed.
 */
const UNKNOWN_MS = 5_000;
/**
 * The longest wait for an earlier event. The time of its retry may come from another instance with
 * a wrong clock.
 */
const MAX_WAIT_MS = 5 * 60_000;
const MIN_WAIT_MS = 500;
const MAX_REMEMBERED = 10_000;

/**
 * Finds an earlier event of the same user that has not ended. Reads only NATS, so a new owner of
 * the lane keeps the order too.
 *
 * @returns a function that returns how many milliseconds the event at `seq` must wait. Null if it
 *   need not wait.
 */
export function blockers({ bus, clock }: { bus: Bus; clock: Clock }, partnerId: string) {
  /** For each user, the sequence below which all of the user's events have ended. */
  const endedBelow = new Map<string, number>();
  let floor: Promise<number> | undefined;
  const readFloor = () => (floor = readAckFloor(bus, EVENTS, laneConsumer(partnerId)));

  async function isOver(userId: string, found: { seq: number; id: string }) {
    const record = await readLastRecord(bus, {
      partner_id: partnerId,
      user_id: userId,
      event_id: dropOccasion(found.id),
    });
    // If the record belongs to a later message, the event was published again. Only the later
    // message counts.
    if (record && record.event_seq > found.seq) return null;
    const past = judgePast(record, found.seq);
    // An event that is given up does not block others, even if its letter is not in DEAD yet.
    if (past.kind !== "open" || found.seq <= (await readFloor())) return null;
    return past;
  }

  return async (userId: string, seq: number): Promise<number | null> => {
    if (endedBelow.size > MAX_REMEMBERED) endedBelow.clear();
    const known = endedBelow.get(userId) ?? Infinity;
    // `known` is above `seq` in two cases. Nothing is known about the user, or NATS has lost its
    // streams and sequences start at 1 again. The search then begins after the ack floor: every
    // event up to it is acknowledged.
    let from = known <= seq ? known : (await (floor ?? readFloor())) + 1;
    for (;;) {
      const subject = userEventFilter(partnerId, userId);
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
