import type { JsMsg } from "@nats-io/jetstream";
import { toErrorText } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";
import type { Bus } from "../../bus/bus.ts";
import { deleteBodies } from "../../bus/stored-body.ts";

/** Acknowledges the events that have ended, and deletes their bodies. */
export interface Acks extends AsyncDisposable {
  /**
   * Acknowledges a message within 50 ms, then deletes its bodies. The event's end must be recorded
   * before: if the ack is lost, NATS delivers the message again, and the record shows that it has
   * ended.
   */
  add(message: Pick<JsMsg, "ack">, bodySeqs: readonly number[]): void;
}

/**
 * How long acks are collected. All acks and deletions of this time are one write to NATS. When
 * mails arrive one by one, such writes are a large part of their cost.
 */
const GATHER_MS = 50;

/**
 * Creates the acks of all lanes of a process. Disposing of them sends what is collected.
 *
 * A body that could not be deleted stays until its maximum age in BODIES. Its deletion is not
 * repeated: if NATS has lost its streams, its sequence may belong to another mail.
 */
export function createAcks({ bus, log }: { bus: Bus; log: Log }): Acks {
  let seqs: number[] = [];
  let messages: Pick<JsMsg, "ack">[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let deletion = Promise.resolve();

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const acked = messages;
    messages = [];
    for (const message of acked) message.ack();
    // Only one group of deletions is in flight, so a slow server does not get more and more
    // requests.
    deletion = deletion.then(deleteCollected);
  }

  async function deleteCollected(): Promise<void> {
    const group = seqs;
    seqs = [];
    try {
      await deleteBodies(bus, group);
    } catch (error) {
      log.warn("bodies.undeleted", { bodies: group.length, error: toErrorText(error) });
    }
  }

  return {
    add(message, bodySeqs) {
      messages.push(message);
      seqs.push(...bodySeqs);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    async [Symbol.asyncDispose]() {
      flush();
      await deletion;
    },
  };
}
