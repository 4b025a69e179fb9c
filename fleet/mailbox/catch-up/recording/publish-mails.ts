import type { Clock } from "../../../../shared/clock.ts";
import type { Envelope, NewMailEvent } from "../../../../shared/users/events.ts";
import { sha1Hex } from "../../../../shared/mail/rfc822.ts";
import type { Bus } from "../../../bus/bus.ts";
import { natsMessageId } from "../../../bus/message-id.ts";
import { storeBody } from "../../../bus/stored-body.ts";
import { bodySubject, eventSubject } from "../../../bus/subjects.ts";
import type { Traces } from "../../../traces/traces.ts";
import { isDelivered, type JudgedMessage } from "../judging/judge.ts";
import type { MailSource, OpenMailbox } from "./read-batch.ts";
import { type ReadingTimes, traceMail } from "./trace-mail.ts";

/**
 * The largest envelope in an event: EVENTS accepts only 64 KiB per message. A larger envelope, for
 * example with ten thousand recipients, is stored in BODIES.
 */
const MAX_ENVELOPE_BYTES = 48 * 1_024;

interface PublishDeps {
  bus: Bus;
  clock: Clock;
  traces?: Traces;
}

type Published = Pick<
  OpenMailbox<MailSource>,
  "account" | "mailbox" | "uidValidity" | "occasion"
> & {
  times: ReadingTimes;
};

/**
 * Stores the bodies of the mails, then their events in the order of UIDs. Waits for every ack.
 * Rejects only when `signal` aborts. Idempotent: a second call uses the same ids.
 *
 * @returns the sequence number in EVENTS for each event id.
 */
export async function publishMails(
  deps: PublishDeps,
  open: Published,
  messages: readonly JudgedMessage[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const delivered = messages.filter(isDelivered);
  const events = await Promise.all(
    delivered.map((message) => storeContent(deps, open, message, signal)),
  );
  const stored = await Promise.all(
    events.map(async (event) => {
      const traced = traceMail(deps.traces, open.times, event);
      const message = {
        subject: eventSubject(event),
        id: natsMessageId(event.id, open.occasion),
        payload: JSON.stringify(event),
        ...(traced && { traceparent: traced.traceparent }),
      };
      const { seq } = await deps.bus.publishUntilStored(message, signal);
      traced?.end(deps.clock.now());
      return [event.id, seq] as const;
    }),
  );
  return new Map(stored);
}

async function storeContent(
  { bus, clock }: PublishDeps,
  { account, mailbox, uidValidity, occasion }: Published,
  { header, eventId, verdict }: JudgedMessage,
  signal: AbortSignal,
): Promise<NewMailEvent> {
  const body = verdict.kind === "whole" ? verdict.body : null;
  const event: NewMailEvent = {
    id: eventId,
    kind: "new_mail",
    partner_id: account.partnerId,
    user_id: account.userId,
    user_tag: account.tag,
    imap_provider_code: account.providerCode,
    created_at_ms: clock.now(),
    sha1: body?.sha1 ?? sha1Hex(""),
    mailbox: mailbox.name,
    uid_validity: uidValidity,
    uid: header.uid,
    internal_date_ms: header.internalDate.getTime(),
    size_bytes: header.sizeBytes,
    oversize: verdict.kind === "oversize",
    body_seq: null,
    body_key: null,
    envelope: header.envelope,
    envelope_seq: null,
    envelope_key: null,
  };
  const subject = bodySubject(event);
  if (body) {
    const stored = await storeBody(bus, { subject, id: eventId, occasion }, body.source, signal);
    event.body_seq = stored.seq;
    event.body_key = stored.key;
  }
  if (isLarge(header.envelope)) {
    const text = new TextEncoder().encode(JSON.stringify(header.envelope));
    const id = `${eventId}.envelope`;
    const stored = await storeBody(bus, { subject, id, occasion }, text, signal);
    event.envelope = null;
    event.envelope_seq = stored.seq;
    event.envelope_key = stored.key;
  }
  return event;
}

/**
 * Whether the envelope may be too large for EVENTS. A UTF-16 code unit takes up to three bytes in
 * UTF-8.
 */
const isLarge = (envelope: Envelope) => JSON.stringify(envelope).length * 3 > MAX_ENVELOPE_BYTES;
