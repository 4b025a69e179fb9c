import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listEvents, type ListedEvent } from "../../../db/mail/event-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { eventFields, toEventFilter } from "./event-list.ts";
import { toCsv } from "./to-csv.ts";

const factory = createFactory<AppEnv, "/events.csv">();

/** The maximum number of events in a file. About 3 MB, which the edge holds in memory. */
const MAX_EVENTS = 10_000;
const PAGE = 1_000;

/** Returns the events of a list as CSV, newest first, at most `MAX_EVENTS`. */
export const getEventCsv = factory.createHandlers(validQuery(v.object(eventFields)), async (c) => {
  const filter = toEventFilter(c.req.valid("query"));
  let text = toCsv([HEADINGS]);
  let found = 0;
  let page: ListedEvent[];
  let after: { at: string; id: string } | undefined;
  do {
    page = await listEvents(c.var.db, { after, limit: PAGE }, filter);
    text += toCsv(page.map(toRow));
    found += page.length;
    const last = page.at(-1);
    after = last && { at: last.position, id: last.eventId };
  } while (page.length === PAGE && found < MAX_EVENTS);
  return c.body(text, 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="events.csv"',
  });
});

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
  event.attemptedAtMs === null ? null : new Date(event.attemptedAtMs).toISOString(),
  event.status,
  event.error,
];
