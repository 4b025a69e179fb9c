import type { JsMsg, StoredMsg } from "@nats-io/jetstream";
import { toErrorText } from "../../../shared/errors.ts";
import { TRACEPARENT } from "../../bus/bus.ts";
import { deleteMessage } from "../../bus/find-message.ts";
import { deleteBodies } from "../../bus/stored-body.ts";
import { EVENTS } from "../../bus/subjects.ts";
import { bury, type BuryDeps } from "../delivery/bury.ts";
import {
  type DeliveryDeps,
  type DeliverySettings,
  deliverEvent,
} from "../delivery/deliver-event.ts";
import type { DeliveryVerdict } from "../delivery/settle.ts";
import type { Taken } from "../delivery/take.ts";
import type { Acks } from "./acks.ts";
import type { Order } from "./order.ts";

export interface MessageDeps extends DeliveryDeps, BuryDeps {
  order: Order;
  acks: Acks;
}

/** Handles the messages of one lane. */
export interface MessageHandler {
  /**
   * Delivers a message, then adds it to the acks or asks NATS to deliver it again later. Never
   * rejects: after a failure, NATS delivers the event again.
   *
   * @returns the kind of the verdict.
   */
  handle(message: JsMsg, signal: AbortSignal): Promise<DeliveryVerdict["kind"]>;
  /**
   * Gives up an event that is too old, even while it waits for a retry. Rejects when NATS or
   * PostgreSQL does not answer.
   */
  end(stored: StoredMsg, signal: AbortSignal): Promise<DeliveryVerdict["kind"]>;
}

const POSTPONED_MS = 5_000;
const REMEMBERED = 200;

/** Creates the handler of one lane's messages. */
export function messageHandler(deps: MessageDeps, settings: DeliverySettings): MessageHandler {
  /**
   * The verdicts on messages in hand, and the most recent "done" ones. A killed NATS server loses
   * its last acks, and delivers these messages again. This map prevents a second webhook.
   */
  const verdicts = new Map<string, Promise<DeliveryVerdict>>();

  async function deliver(taken: Taken, signal: AbortSignal): Promise<DeliveryVerdict> {
    // The last pull of a stopping lane still received this message. The lane's next owner handles
    // it.
    if (signal.aborted) return { kind: "again", afterMs: 0 };
    const work = () => deliverEvent(deps, settings, taken, signal);
    const conclusion = await deps.order.run(taken, work, signal);
    return conclusion.kind === "dying" ? bury(deps, conclusion.death, signal) : conclusion;
  }

  async function verdictOn(taken: Taken, signal: AbortSignal): Promise<DeliveryVerdict> {
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

  function answer(message: JsMsg, verdict: DeliveryVerdict): void {
    // Rounded, because NATS silently ignores a delay with a fraction.
    if (verdict.kind === "again") message.nak(Math.round(verdict.afterMs));
    else deps.acks.add(message, verdict.bodySeqs);
  }

  return {
    async handle(message, signal) {
      const taken = toTaken(message);
      // Reports progress well before NATS would give the message to another instance.
      const keepAlive = setInterval(() => message.working(), deps.bus.ackWaitMs / 3);
      try {
        const verdict = await verdictOn(taken, signal);
        answer(message, verdict);
        return verdict.kind;
      } catch (error) {
        deps.log.warn("delivery.postponed", { event_id: taken.id, error: toErrorText(error) });
        // No delay when the lane stops: its next owner need not wait.
        message.nak(signal.aborted ? 0 : POSTPONED_MS);
        return "again";
      } finally {
        clearInterval(keepAlive);
      }
    },
    async end(stored, signal) {
      const verdict = await verdictOn(restoreTaken(stored), signal);
      if (verdict.kind === "again") return verdict.kind;
      // Only the receiver of a message can send an ack. Deleting the message has the same effect.
      await deleteMessage(deps.bus, EVENTS, stored.seq, { overwrite: true });
      await deleteBodies(deps.bus, verdict.bodySeqs);
      return verdict.kind;
    },
  };
}

const readMessageId = (header: { get(name: string): string } | undefined, seq: number) =>
  header?.get("Nats-Msg-Id") || `seq-${seq}`;

const toTaken = ({ subject, headers, seq, data, info }: JsMsg): Taken => ({
  subject,
  id: readMessageId(headers, seq),
  seq,
  data,
  storedAtMs: info.timestampNanos / 1e6,
  deliveries: info.deliveryCount,
  traceparent: headers?.get(TRACEPARENT) || null,
});

const restoreTaken = ({ subject, header, seq, data, time }: StoredMsg): Taken => ({
  subject,
  id: readMessageId(header, seq),
  seq,
  data,
  storedAtMs: time.getTime(),
  // The real number is not known here. 2 makes sure that the event's past is read.
  deliveries: 2,
  traceparent: header.get(TRACEPARENT) || null,
});
