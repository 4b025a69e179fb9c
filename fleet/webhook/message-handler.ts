import type { JsMsg } from "@nats-io/jetstream";
import { messageOf } from "../../shared/errors.ts";
import type { Semaphore } from "../../shared/semaphore.ts";
import { type DeliveryDeps, type DeliverySettings, deliverEvent } from "./deliver-event.ts";
import { deleteBodies } from "./mail-bodies.ts";
import type { Verdict } from "./settle.ts";

export interface MessageDeps extends DeliveryDeps {
  /** Bounds the attempts of the whole process. */
  places: Semaphore;
}

/** Well below the consumer's ack_wait of 60 s. */
const KEEP_ALIVE_MS = 20_000;
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

  async function deliver(message: JsMsg, id: string, signal: AbortSignal): Promise<Verdict> {
    using _place = await deps.places.acquire(signal);
    return deliverEvent(deps, settings, {
      subject: message.subject,
      id,
      data: message.data,
      attempt: message.info.deliveryCount,
    });
  }

  async function verdictOn(message: JsMsg, id: string, signal: AbortSignal): Promise<Verdict> {
    const key = `${id}:${message.seq}`;
    const known = verdicts.get(key);
    if (known) return known;
    const coming = deliver(message, id, signal);
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

  return async (message: JsMsg, signal: AbortSignal): Promise<void> => {
    const id = message.headers?.get("Nats-Msg-Id") || `seq-${message.seq}`;
    const keepAlive = setInterval(() => message.working(), KEEP_ALIVE_MS);
    try {
      await answer(message, await verdictOn(message, id, signal));
    } catch (error) {
      deps.log.warn("delivery.postponed", { event_id: id, error: messageOf(error) });
      // Whoever owns the lane after us need not wait.
      message.nak(signal.aborted ? undefined : POSTPONED_MS);
    } finally {
      clearInterval(keepAlive);
    }
  };
}
