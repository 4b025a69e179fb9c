import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import type { EventFilter } from "../../../db/mail/event-branches.ts";
import { type ListedEvent, listEvents } from "../../../db/mail/event-list.ts";
import type { TimePosition } from "../../../db/time-position.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { eventFields, toEventFilter } from "./event-list.ts";
import { toCsv } from "./to-csv.ts";

const factory = createFactory<AppEnv, "/events.csv">();

/** The maximum number of events in a file. */
const MAX_EVENTS = 10_000;
/** How many events the edge holds in memory. */
const PAGE = 500;
/** A reader that takes longer gets a broken download, because it keeps a database connection. */
const TIMEOUT_MS = 60_000;

/**
 * Sends the events of a list as CSV, newest first, at most `MAX_EVENTS`. Each page is sent when the
 * reader has taken the page before.
 */
export const getEventCsv = factory.createHandlers(validQuery(v.object(eventFields)), (c) => {
  const filter = toEventFilter(c.req.valid("query"));
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  c.set("sending", send(c, filter, writable));
  return c.body(readable, 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="events.csv"',
  });
});

async function send(
  c: Context<AppEnv>,
  filter: EventFilter,
  file: WritableStream<Uint8Array>,
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("The reader is too slow")), TIMEOUT_MS);
  const sent = streamOf(c, filter).pipeTo(file, { signal: late.signal });
  // A reader that gives up is no fault, and a broken file shows itself as a failed download.
  await sent.catch((error: unknown) => c.var.log.info("csv.broken", { error: toErrorText(error) }));
  clearTimeout(timer);
}

function streamOf(c: Context<AppEnv>, filter: EventFilter): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let found = 0;
  let after: TimePosition | undefined;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(toCsv([HEADINGS]))),
    pull: async (controller) => {
      const page = await listEvents(c.var.db, { after, limit: PAGE }, filter);
      if (page.length > 0) controller.enqueue(encoder.encode(toCsv(page.map(toRow))));
      found += page.length;
      const last = page.at(-1);
      after = last && { at: last.position, id: last.eventId };
      if (page.length < PAGE || found >= MAX_EVENTS) controller.close();
    },
  });
}

const HEADINGS = [
  "id",
  "queued_at",
  "kind",
  "state",
  "reason",
  "partner",
  "user",
  "message_id",
  "size_bytes",
  "last_attempt_at",
  "last_status",
  "last_error",
];

const toRow = (event: ListedEvent) => [
  event.eventId,
  event.position,
  event.kind,
  event.state,
  event.reason,
  event.partnerName,
  event.userTag,
  event.messageId,
  event.sizeBytes,
  event.lastAttempt && new Date(event.lastAttempt.attemptedAtMs).toISOString(),
  event.lastAttempt?.status ?? null,
  event.lastAttempt?.error ?? null,
];
