import { Buffer } from "node:buffer";
import type { MailEvent } from "../../shared/users/events.ts";
import type { Bus } from "../bus/bus.ts";
import { natsMessageId } from "../bus/message-id.ts";
import { storeBody } from "../bus/stored-body.ts";
import { bodySubject, eventSubject } from "../bus/subjects.ts";
import type { WholeEvent } from "./plan-redelivery.ts";

/** How long a publication is repeated before the letter is postponed. */
const PATIENCE_MS = 15_000;

/**
 * Stores the parts of a mail, then the event that refers to them. Rejects when NATS does not accept
 * them. Idempotent: the message ids contain the time of the request, so repeated calls store
 * everything once.
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
  const publish = async (again: MailEvent) => {
    const subject = eventSubject(again);
    const id = natsMessageId(again.id, occasion);
    const message = { subject, id, payload: JSON.stringify(again) };
    return (await bus.publishUntilStored(message, signal)).seq;
  };

  // A redelivery is a new start. The age of the event and the lifetime of its links count from the
  // request.
  const created_at_ms = requestedAtMs;
  if (event.kind !== "new_mail") return publish({ ...event, created_at_ms });
  const subject = bodySubject(event);
  const store = (id: string, content: Buffer) =>
    storeBody(bus, { subject, id, occasion }, content, signal);
  const body =
    rfc822Base64 === null ? null : await store(event.id, Buffer.from(rfc822Base64, "base64"));
  const apart =
    event.envelope === null
      ? await store(`${event.id}.envelope`, Buffer.from(JSON.stringify(envelope)))
      : null;
  return publish({
    ...event,
    created_at_ms,
    body_seq: body?.seq ?? null,
    body_key: body?.key ?? null,
    envelope_seq: apart?.seq ?? null,
    envelope_key: apart?.key ?? null,
  });
}
