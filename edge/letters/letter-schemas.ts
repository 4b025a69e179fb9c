import * as v from "valibot";
import { LETTER_STATES, type ShownLetter } from "../../db/deliveries/dead-letter-list.ts";
import { letterText } from "../../shared/commands.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = (description: string) => v.pipe(v.number(), v.integer(), v.description(description));

export const letterAnswer = v.object({
  id: v.pipe(v.string(), v.description("Of the event: the `webhook-id` of its webhook.")),
  kind: v.string(),
  user_tag: v.pipe(v.nullable(v.string()), v.description("As it is now.")),
  imap_provider_code: v.nullable(v.string()),
  state: v.pipe(
    v.picklist(LETTER_STATES),
    v.description(
      "waiting: it was given up, and nobody asked for anything; requested: it is to be delivered again, or on its way; redelivered: it was delivered at last.",
    ),
  ),
  attempts: count("Before it was given up, for the last time."),
  last_error: v.string(),
  died_at: time,
  redeliver_requested_at: v.nullable(time),
  redelivered_at: v.nullable(time),
  redelivery_error: v.pipe(
    v.nullable(v.string()),
    v.description("Why it could not be delivered again when that was last asked for."),
  ),
  unreadable: v.pipe(
    v.boolean(),
    v.description("The event cannot be read, and so never be delivered."),
  ),
});

export const readLetterAnswer = v.object({
  ...letterAnswer.entries,
  mail: v.pipe(v.nullable(letterText), v.description("The mail as a person reads it.")),
  mail_missing: v.pipe(v.nullable(v.string()), v.description("Why there is no mail to show.")),
});

export const letterCounts = v.object({
  waiting: count("Letters that wait."),
  requested: count("Letters that are to be delivered again, or on their way."),
  redelivered: count("Letters that were delivered at last."),
});

export const requestedAnswer = v.object({ requested: count("Letters that this asked for.") });
export const deletedAnswer = v.object({ deleted: count("Letters that are gone.") });

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
