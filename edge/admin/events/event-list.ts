import { createFactory } from "hono/factory";
import * as v from "valibot";
import { type EventFilter, type ListedEvent, listEvents } from "../../../db/mail/event-list.ts";
import { MAIL_STATES } from "../../../db/mail/tables.ts";
import { EVENT_KINDS } from "../../../shared/users/events.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { instant, line } from "../../text.ts";
import { rowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields } from "../time-page.ts";
import { mailInWords } from "./mail-in-words.ts";
import { readEventText } from "./read-event-text.ts";

const factory = createFactory<AppEnv, "/events">();

/** The query fields that select events. */
export const eventFields = {
  state: v.optional(v.picklist(MAIL_STATES, `must be one of ${MAIL_STATES.join(", ")}`)),
  kind: v.optional(v.picklist(EVENT_KINDS, `must be one of ${EVENT_KINDS.join(", ")}`)),
  partner_id: v.optional(rowId("prt")),
  user_id: v.optional(rowId("usr")),
  since: v.optional(instant("Queued then or later.")),
  until: v.optional(instant("Queued before.")),
  text: v.optional(line(1_000)),
};
const asked = v.object({ ...timePageFields, ...eventFields });

type EventFields = Omit<v.InferOutput<typeof asked>, "limit" | "cursor">;

export const toEventFilter = ({
  partner_id,
  user_id,
  text,
  ...fields
}: EventFields): EventFilter => ({
  ...fields,
  partnerId: partner_id,
  userId: user_id,
  text: text === undefined ? undefined : readEventText(text),
});

/** Lists events of all partners, newest first, each with its last attempt. */
export const getAllEvents = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, ...fields } = c.req.valid("query");
  const found = await listEvents(c.var.db, timePage(limit, cursor), toEventFilter(fields));
  const { rows, next_cursor } = cutTimePage(found, limit, ({ eventId }) => eventId);
  return c.json({ events: rows.map(showListedEvent), next_cursor }, 200);
});

const showListedEvent = (event: ListedEvent) => ({
  id: event.eventId,
  kind: event.kind,
  at: event.position,
  state: event.state,
  reason: event.reason,
  /** State, reason and last attempt as text. */
  description: describeEvent(event),
  user_id: event.userId,
  user_tag: event.userTag,
  partner_id: event.partnerId,
  partner_name: event.partnerName,
  message_id: event.messageId,
  size_bytes: event.sizeBytes,
  last_attempt:
    event.attemptedAtMs === null
      ? null
      : {
          attempted_at: new Date(event.attemptedAtMs).toISOString(),
          status: event.status,
          error: event.error,
          outcome: event.outcome,
        },
});

/** A queued event that was attempted says how the last attempt ended. */
const describeEvent = ({ state, reason, outcome, error }: ListedEvent) =>
  state === "queued" && (outcome === "retry" || outcome === "held")
    ? `Last attempt failed: ${error ?? "no answer"}. Retrying.`
    : mailInWords(state, reason);
