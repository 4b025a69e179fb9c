import type { NewMailEvent } from "../../../shared/users/events.ts";
import type { Traces } from "../../traces/traces.ts";

/** When the reading of some mails came how far, in milliseconds since the epoch. */
export interface ReadingTimes {
  /** IDLE told of them; undefined where they were found without. */
  announcedMs: number | undefined;
  /** Their headers were there, and a place to read in. */
  startedMs: number;
  /** Their bodies were there. */
  fetchedMs: number;
}

/** A mail of the sample on its way into NATS. */
export interface TracedMail {
  /** For its event. */
  traceparent: string;
  /** When NATS has acknowledged it. */
  end(atMs: number): void;
}

/**
 * Begins the trace of a mail that is about to be published; what came before is told after the fact.
 *
 *   mail.read     from IDLE's word, or from the beginning of its batch, to the ack of its event
 *     mail.wait     for its headers and for a place to read in; only after IDLE
 *     mail.fetch    its batch's bodies
 *     mail.publish  its body and its event; the parent of its delivery
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
