import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  countEvents,
  type LastAttempt,
  type ListedEvent,
  listEvents,
} from "../../../db/mail/event-list.ts";
import type { EventFilter } from "../../../db/mail/event-branches.ts";
import { MAIL_STATES } from "../../../db/mail/tables.ts";
import { EVENT_KINDS } from "../../../shared/users/events.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { instant, line } from "../../text.ts";
import { rowId } from "../row-id.ts";
import { cutTimePage, timePage, timePageFields, timeSort } from "../time-page.ts";
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
const asked = v.object({ ...timePageFields, sort: timeSort, ...eventFields });

type EventFields = Omit<v.InferOutput<typeof asked>, "limit" | "cursor" | "sort">;

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

/**
 * Lists events of all partners, newest first if no other order is requested, each with its last
 * attempt.
 */
export const getAllEvents = factory.createHandlers(validQuery(asked), async (c) => {
  const { limit, cursor, sort, ...fields } = c.req.valid("query");
  const filter = toEventFilter(fields);
  const found = await listEvents(c.var.db, timePage(limit, cursor, sort), filter);
  const { rows, next_cursor } = cutTimePage(found, limit, ({ eventId }) => eventId);
  const total = await countEvents(c.var.db, filter);
  return c.json({ events: rows.map(showListedEvent), next_cursor, total }, 200);
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
  /** Whether the partner's deliveries run, which delays the next attempt. */
  lane: { state: event.laneState, open_until: toTime(event.openUntilMs) },
  last_attempt: event.lastAttempt && showLastAttempt(event.lastAttempt),
});

const showLastAttempt = ({ attemptedAtMs, nextAttemptAtMs, ...attempt }: LastAttempt) => ({
  ...attempt,
  attempted_at: new Date(attemptedAtMs).toISOString(),
  /** Null if no attempt follows, or if the time was not recorded. */
  next_attempt_at: toTime(nextAttemptAtMs),
});

const toTime = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** A queued event that was attempted says how the last attempt ended. */
const describeEvent = ({ state, reason, lastAttempt: last }: ListedEvent) =>
  state === "queued" && (last?.outcome === "retry" || last?.outcome === "held")
    ? `Last attempt failed: ${last.error ?? "no answer"}. Retrying.`
    : mailInWords(state, reason);
