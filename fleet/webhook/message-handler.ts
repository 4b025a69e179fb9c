import type { JsMsg } from "@nats-io/jetstream";
import { messageOf } from "../../shared/errors.ts";
import type { Semaphore } from "../../shared/semaphore.ts";
import { type DeliveryDeps, type DeliverySettings, deliverEvent } from "./deliver-event.ts";
import { deleteBodies } from "./mail-bodies.ts";

export interface MessageDeps extends DeliveryDeps {
  /** Bounds the attempts of the whole process. */
  places: Semaphore;
}

/** Well below the consumer's ack_wait of 60 s. */
const KEEP_ALIVE_MS = 20_000;
const POSTPONED_MS = 5_000;

/**
 * Delivers a lane's messages and answers the stream for each. Never rejects: what fails is one
 * delivery, and its message comes again.
 */
export function messageHandler(deps: MessageDeps, settings: DeliverySettings) {
  /** Done, but the ack was not confirmed: should one of these come again, it is not sent again. */
  const unconfirmed = new Map<string, readonly number[]>();

  async function finish(message: JsMsg, key: string, bodySeqs: readonly number[]): Promise<void> {
    unconfirmed.set(key, bodySeqs);
    await message.ackAck();
    unconfirmed.delete(key);
    // Only now: an event that came again without its body would be taken for undeliverable.
    await deleteBodies(deps.bus, bodySeqs).catch((error: unknown) =>
      deps.log.warn("body.left", { message: key, error: messageOf(error) }),
    );
  }

  async function deliver(message: JsMsg, id: string, signal: AbortSignal): Promise<void> {
    const key = `${id}:${message.seq}`;
    const settled = unconfirmed.get(key);
    if (settled) return finish(message, key, settled);

    const place = await deps.places.acquire(signal).catch(() => undefined);
    // Stopped before it began: the lane's next owner gets it at once.
    if (!place) return message.nak();
    using _held = place;
    const verdict = await deliverEvent(deps, settings, {
      subject: message.subject,
      id,
      data: message.data,
      attempt: message.info.deliveryCount,
    });
    if (verdict.kind === "again") return message.nak(verdict.afterMs);
    return finish(message, key, verdict.bodySeqs);
  }

  return async (message: JsMsg, signal: AbortSignal): Promise<void> => {
    const id = message.headers?.get("Nats-Msg-Id") || `seq-${message.seq}`;
    const keepAlive = setInterval(() => message.working(), KEEP_ALIVE_MS);
    try {
      await deliver(message, id, signal);
    } catch (error) {
      deps.log.warn("delivery.postponed", { event_id: id, error: messageOf(error) });
      message.nak(POSTPONED_MS);
    } finally {
      clearInterval(keepAlive);
    }
  };
}
