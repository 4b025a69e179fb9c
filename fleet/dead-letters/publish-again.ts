import { Buffer } from "node:buffer";
import type { MailEvent } from "../../shared/users/events.ts";
import type { Bus } from "../bus/bus.ts";
import { natsMessageId } from "../bus/message-id.ts";
import { bodySubject, eventSubject } from "../bus/subjects.ts";
import type { WholeEvent } from "./plan-redelivery.ts";

/** How long a publication is repeated before the letter is postponed. */
const PATIENCE_MS = 15_000;

/**
 * Stores the parts of a mail, then the event that refers to them. Uses message ids that belong to
 * this redelivery only. Idempotent: the event is stored once, however often this is called. Rejects
 * when NATS does not accept it.
 *
 * @returns the event's sequence in EVENTS.
 */
export async function publishAgain(
  bus: Bus,
  { event, rfc822Base64, envelope }: WholeEvent,
  requestedAtMs: number,
  stopping: AbortSignal,
): Promise<number> {
  const occasion = `redelivered-${requestedAtMs}`;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(PATIENCE_MS)]);
  const store = async (subject: string, id: string, payload: Uint8Array | string) => {
    const message = { subject, id: natsMessageId(id, occasion), payload };
    return (await bus.publishUntilStored(message, signal)).seq;
  };
  const publish = (again: MailEvent) => store(eventSubject(again), again.id, JSON.stringify(again));

  // The redelivery is a new start: the event's age, and the lifetime of its links, count from the
  // time of the request.
  const created_at_ms = requestedAtMs;
  if (event.kind !== "new_mail") return publish({ ...event, created_at_ms });
  const subject = bodySubject(event);
  const body_seq =
    rfc822Base64 === null
      ? null
      : await store(subject, event.id, Buffer.from(rfc822Base64, "base64"));
  const envelope_seq =
    event.envelope === null
      ? await store(subject, `${event.id}.envelope`, JSON.stringify(envelope))
      : null;
  return publish({ ...event, created_at_ms, body_seq, envelope_seq });
}
