import type { JsMsg } from "@nats-io/jetstream";
import { messageOf } from "../../../shared/errors.ts";
import type { Places } from "../../../shared/places.ts";
import { TRACEPARENT } from "../../bus/bus.ts";
import {
  type DeliveryDeps,
  type DeliverySettings,
  deliverEvent,
} from "../delivery/deliver-event.ts";
import { CLOSING_MS } from "./deliveries.ts";
import { deleteBodies } from "../delivery/mail-bodies.ts";
import type { Order } from "./order.ts";
import type { Verdict } from "../delivery/settle.ts";
import type { Taken } from "../delivery/take.ts";

export interface MessageDeps extends DeliveryDeps {
  /** Bounds the attempts of the whole process. */
  places: Places;
  partnerId: string;
  order: Order;
}

const POSTPONED_MS = 5_000;
const REMEMBERED = 200;

/**
 * Delivers a lane's messages and answers the stream for each. Never rejects: what fails is one
 * delivery, and its message comes again.
 */
export function messageHandler(deps: MessageDeps, settings: DeliverySettings) {
  /**
   * Verdicts to come, and the last that were "done". A server that is killed forgets the acks of its
   * last moments and gives messages again that are in hand or done: these are not sent again.
   */
  const verdicts = new Map<string, Promise<Verdict>>();

  const party = { partnerId: deps.partnerId, host: null };
  const deliver = (taken: Taken, signal: AbortSignal): Promise<Verdict> =>
    deps.order.run(
      taken,
      async () => {
        using _place = await deps.places.acquire(party, signal);
        // Awaited here: otherwise the place is given back as the attempt begins.
        return await deliverEvent(deps, settings, taken);
      },
      signal,
    );

  async function verdictOn(taken: Taken, signal: AbortSignal): Promise<Verdict> {
    const key = `${taken.id}:${taken.seq}`;
    const known = verdicts.get(key);
    if (known) return known;
    const coming = deliver(taken, signal);
    verdicts.set(key, coming);
    const verdict = await coming.catch((error: unknown) => {
      verdicts.delete(key);
      throw error;
    });
    if (verdict.kind === "again") verdicts.delete(key);
    for (const oldest of verdicts.keys()) {
      if (verdicts.size <= REMEMBERED) break;
      verdicts.delete(oldest);
    }
    return verdict;
  }

  async function answer(message: JsMsg, verdict: Verdict): Promise<void> {
    if (verdict.kind === "again") return message.nak(verdict.afterMs);
    await message.ackAck();
    // Only now: an event that came again without its body could not be delivered.
    await deleteBodies(deps.bus, verdict.bodySeqs);
  }

  /** @returns what became of it. */
  return async (message: JsMsg, signal: AbortSignal): Promise<Verdict["kind"]> => {
    const taken = takenOf(message);
    // Well below the time after which another instance is given it.
    const keepAlive = setInterval(() => message.working(), deps.bus.ackWaitMs / 3);
    try {
      const verdict = await verdictOn(taken, signal);
      await answer(message, verdict);
      return verdict.kind;
    } catch (error) {
      deps.log.warn("delivery.postponed", { event_id: taken.id, error: messageOf(error) });
      // For whoever owns the lane after us: when our pull is closed, or it would come to us again.
      message.nak(signal.aborted ? CLOSING_MS : POSTPONED_MS);
      return "again";
    } finally {
      clearInterval(keepAlive);
    }
  };
}

const takenOf = ({ subject, headers, seq, data, info }: JsMsg): Taken => ({
  subject,
  id: headers?.get("Nats-Msg-Id") || `seq-${seq}`,
  seq,
  data,
  storedAtMs: info.timestampNanos / 1e6,
  deliveries: info.deliveryCount,
  traceparent: headers?.get(TRACEPARENT) || null,
});
