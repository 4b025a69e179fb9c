import * as v from "valibot";
import type { LoggedEvent } from "../../../db/mail/event-log.ts";
import { EVENT_STATES } from "../../../db/mail/tables.ts";
import { EVENT_KINDS } from "../../../shared/users/events.ts";
import { decodePosition, encodePosition } from "./event-cursor.ts";
import { pageQuery } from "../page.ts";

export const eventQuery = v.object({
  limit: pageQuery("evt").entries.limit,
  after: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "The `cursor` of an event: the answer begins with the event after it. Absent: from the beginning.",
      ),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const position = decodePosition(dataset.value);
        if (position !== undefined) return position;
        addIssue({ message: "must be the cursor of an event" });
        return NEVER;
      }),
    ),
  ),
  kind: v.optional(
    v.pipe(
      v.picklist(EVENT_KINDS, `must be one of ${EVENT_KINDS.join(", ")}`),
      v.description("Only events of this kind."),
    ),
  ),
});

const time = v.pipe(v.string(), v.isoTimestamp());

export const loggedEvent = v.object({
  id: v.pipe(v.string(), v.description("The `webhook-id` of its webhook.")),
  cursor: v.pipe(
    v.string(),
    v.description("The event's position in the log, for the parameter `after`."),
  ),
  kind: v.picklist(EVENT_KINDS),
  user_tag: v.pipe(v.string(), v.description("The user's current tag.")),
  imap_provider_code: v.string(),
  created_at: time,
  state: v.pipe(
    v.picklist(EVENT_STATES),
    v.description(
      "queued: waiting for delivery; delivered: the webhook answered with success or with 403; dead: the last attempt failed; lost: the event was lost before the webhook was called, and the mail was no longer in its mailbox.",
    ),
  ),
  reason: v.pipe(v.nullable(v.string()), v.description("Why the event is dead or lost.")),
  message_id: v.exactOptional(
    v.pipe(
      v.nullable(v.string()),
      v.description("This and the next two fields: only for `new_mail`."),
    ),
  ),
  size_bytes: v.exactOptional(v.number()),
  internal_date: v.exactOptional(time),
});

export const showEvent = (event: LoggedEvent): v.InferOutput<typeof loggedEvent> => ({
  id: event.position.eventId,
  cursor: encodePosition(event.position),
  kind: event.kind,
  user_tag: event.userTag,
  imap_provider_code: event.providerCode,
  created_at: event.createdAt.toISOString(),
  state: event.state,
  reason: event.reason,
  ...(event.mail && {
    message_id: event.mail.messageId,
    size_bytes: event.mail.sizeBytes,
    internal_date: event.mail.internalDate.toISOString(),
  }),
});
