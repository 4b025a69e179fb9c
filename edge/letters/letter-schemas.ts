import * as v from "valibot";
import { LETTER_STATES, type ShownLetter } from "../../db/deliveries/dead-letter-list.ts";
import { letterText } from "../../shared/commands.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = (description: string) => v.pipe(v.number(), v.integer(), v.description(description));

export const letterAnswer = v.object({
  id: v.pipe(v.string(), v.description("The event's id: the `webhook-id` of its webhook.")),
  kind: v.string(),
  user_tag: v.pipe(v.nullable(v.string()), v.description("The user's current tag.")),
  imap_provider_code: v.nullable(v.string()),
  state: v.pipe(
    v.picklist(LETTER_STATES),
    v.description(
      "waiting: the event was given up, and no redelivery was requested; requested: a redelivery is requested or in progress; redelivered: the redelivery succeeded.",
    ),
  ),
  attempts: count("Attempts before the event was last given up."),
  last_error: v.string(),
  died_at: time,
  redeliver_requested_at: v.nullable(time),
  redelivered_at: v.nullable(time),
  redelivery_error: v.pipe(
    v.nullable(v.string()),
    v.description("Why the last requested redelivery was not possible."),
  ),
  unreadable: v.pipe(
    v.boolean(),
    v.description("True if the event cannot be read, so it can never be delivered."),
  ),
});

export const readLetterAnswer = v.object({
  ...letterAnswer.entries,
  mail: v.pipe(v.nullable(letterText), v.description("The mail as readable text.")),
  mail_missing: v.pipe(v.nullable(v.string()), v.description("Why there is no mail to show.")),
});

export const letterCounts = v.object({
  waiting: count("Dead letters without a requested redelivery."),
  requested: count("Dead letters whose redelivery is requested or in progress."),
  redelivered: count("Dead letters whose redelivery succeeded."),
});

export const requestedAnswer = v.object({
  requested: count("How many redeliveries were requested."),
});
export const deletedAnswer = v.object({ deleted: count("How many dead letters were deleted.") });

export const showLetter = (letter: ShownLetter): v.InferOutput<typeof letterAnswer> => ({
  id: letter.eventId,
  kind: letter.kind,
  user_tag: letter.userTag,
  imap_provider_code: letter.providerCode,
  state: letter.state,
  attempts: letter.attempts,
  last_error: letter.lastError,
  died_at: letter.diedAt.toISOString(),
  redeliver_requested_at: letter.redeliverRequestedAt?.toISOString() ?? null,
  redelivered_at: letter.redeliveredAt?.toISOString() ?? null,
  redelivery_error: letter.redeliveryError,
  unreadable: letter.unreadable,
});
