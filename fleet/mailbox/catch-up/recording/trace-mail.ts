import type { NewMailEvent } from "../../../../shared/users/events.ts";
import type { Traces } from "../../../traces/traces.ts";

/** When the steps of reading some mails were done, in milliseconds since the epoch. */
export interface ReadingTimes {
  /** When the server announced the mails in IDLE; undefined if it did not. */
  announcedMs: number | undefined;
  /** When the headers and a permit to read were available. */
  startedMs: number;
  /** When the bodies were fetched. */
  fetchedMs: number;
}

/** A traced mail that is not yet stored in NATS. */
export interface TracedMail {
  /** Must be sent with the mail's event, so that the delivery continues the trace. */
  traceparent: string;
  /** Call when NATS has acknowledged the event. */
  end(atMs: number): void;
}

/**
 * Begins the trace of a mail that is about to be published. Adds the steps that are already done:
 *
 *   mail.read     from the announcement in IDLE, or the start of its batch, to the ack of its event
 *     mail.wait     until its headers and a permit to read are available; only if it was announced
 *     mail.fetch    fetches the bodies of its batch
 *     mail.publish  stores its body and its event; the parent of its delivery's span
 */
export function traceMail(
  traces: Traces | undefined,
  { announcedMs, startedMs, fetchedMs }: ReadingTimes,
  event: NewMailEvent,
): TracedMail | null {
  const read = traces?.begin({
    name: "mail.read",
    startMs: announcedMs ?? startedMs,
    attributes: {
      "superimap.event_id": event.id,
      "superimap.partner_id": event.partner_id,
      "superimap.user_id": event.user_id,
      "superimap.size_bytes": event.size_bytes,
      "superimap.announced": announcedMs !== undefined,
    },
  });
  if (!read) return null;
  if (announcedMs !== undefined) {
    read.begin({ name: "mail.wait", startMs: announcedMs }).end(startedMs);
  }
  read.begin({ name: "mail.fetch", kind: "client", startMs: startedMs }).end(fetchedMs);
  const publish = read.begin({ name: "mail.publish", kind: "producer", startMs: fetchedMs });
  return {
    traceparent: publish.traceparent,
    end(atMs) {
      publish.end(atMs);
      read.end(atMs);
    },
  };
}
