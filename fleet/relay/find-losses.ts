import * as v from "valibot";
import { event as eventSchema } from "../../shared/users/events.ts";
import { readAckFloor } from "../bus/ack-floor.ts";
import type { Bus } from "../bus/bus.ts";
import { findMessage } from "../bus/find-message.ts";
import { isBodyStored } from "../bus/stored-body.ts";
import { EVENTS, laneConsumer } from "../bus/subjects.ts";
import { judgeLoss, type Loss, type Trace } from "./overdue.ts";

/** An event, and the sequence at which it was stored in EVENTS. */
export interface StoredEvent {
  eventId: string;
  streamSeq: number | null;
}

/** How many requests to NATS run at the same time. */
const CONCURRENCY = 20;

const eventJson = v.pipe(v.string(), v.parseJson(), eventSchema);

/**
 * Looks up events in NATS by their sequences. Returns the events that NATS has lost, in whole or in
 * part, and what is lost.
 */
export async function findLosses<E extends StoredEvent>(
  bus: Bus,
  events: readonly E[],
): Promise<{ event: E; loss: Exclude<Loss, "none"> }[]> {
  const floors = ackFloors(bus);
  const found: { event: E; loss: Exclude<Loss, "none"> }[] = [];
  for (let i = 0; i < events.length; i += CONCURRENCY) {
    const slice = events.slice(i, i + CONCURRENCY);
    const traces = await Promise.all(slice.map((event) => findTrace(bus, event, floors)));
    for (const [j, event] of slice.entries()) {
      const loss = judgeLoss(traces[j] ?? { kind: "missing" });
      if (loss !== "none") found.push({ event, loss });
    }
  }
  return found;
}

async function findTrace(
  bus: Bus,
  { eventId, streamSeq }: StoredEvent,
  ackFloor: (partnerId: string) => Promise<number>,
): Promise<Trace> {
  if (streamSeq === null) return { kind: "missing" };
  const stored = await findMessage(bus, EVENTS, { seq: streamSeq, id: eventId });
  if (!stored) return { kind: "missing" };
  const [, partnerId = ""] = stored.subject.split(".");
  return {
    kind: "stored",
    seq: streamSeq,
    ackFloor: await ackFloor(partnerId),
    hasBody: await hasBody(bus, eventId, stored.string()),
  };
}

/**
 * Returns whether BODIES contains the event's body and its envelope, if it has one. Returns true
 * for an event without a body: one of another kind, or an unreadable one, which its lane buries.
 */
async function hasBody(bus: Bus, eventId: string, text: string): Promise<boolean> {
  const parsed = v.safeParse(eventJson, text);
  if (!parsed.success || parsed.output.kind !== "new_mail") return true;
  const { body_seq, body_key, envelope_seq, envelope_key } = parsed.output;
  const parts = [
    { seq: body_seq, id: eventId, key: body_key },
    { seq: envelope_seq, id: `${eventId}.envelope`, key: envelope_key },
  ];
  for (const { seq, ...part } of parts) {
    if (seq !== null && !(await isBodyStored(bus, { seq, ...part }))) return false;
  }
  return true;
}

/**
 * Returns a function that reads the ack floor of a partner's lane, once per lane. The lane has
 * acknowledged every sequence up to its ack floor.
 */
function ackFloors(bus: Bus): (partnerId: string) => Promise<number> {
  const floors = new Map<string, Promise<number>>();
  return (partnerId) => {
    const known = floors.get(partnerId) ?? readAckFloor(bus, EVENTS, laneConsumer(partnerId));
    floors.set(partnerId, known);
    return known;
  };
}
