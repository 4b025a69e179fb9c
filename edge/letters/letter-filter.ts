import * as v from "valibot";
import { LETTER_STATES, type LetterFilter } from "../../db/deliveries/dead-letter-list.ts";
import { EVENT_KINDS } from "../../shared/users/events.ts";
import { booleanField, instant, line } from "../text.ts";
import { decodeLetterPosition } from "./letter-cursor.ts";

/** The filters for letters. A query and a body use the same fields. */
export const letterFields = {
  imap_provider_code: v.optional(
    v.pipe(line(255), v.description("Only letters of this connection's users.")),
  ),
  user_tag: v.optional(
    v.pipe(line(255), v.description("Only letters of users with this tag; case is ignored.")),
  ),
  kind: v.optional(
    v.pipe(
      v.picklist(EVENT_KINDS, `must be one of ${EVENT_KINDS.join(", ")}`),
      v.description("Only letters with events of this kind."),
    ),
  ),
  error: v.optional(
    v.pipe(
      line(1_000),
      v.description("Only letters whose `last_error` contains this text, such as `500`."),
    ),
  ),
  died_after: v.optional(instant("Only letters whose event was given up after this time.")),
  died_before: v.optional(instant("Only letters whose event was given up before this time.")),
  state: v.optional(
    v.pipe(
      v.picklist(LETTER_STATES, `must be one of ${LETTER_STATES.join(", ")}`),
      v.description("Only letters in this state."),
    ),
  ),
};

export const allLetters = v.optional(
  booleanField("true: all dead letters of the partner. Cannot be combined with other fields."),
);

export const letterCursor = (description: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.description(description),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const position = decodeLetterPosition(dataset.value);
        if (position !== undefined) return position;
        addIssue({ message: "must be a cursor of this list" });
        return NEVER;
      }),
    ),
  );

const fields = v.object(letterFields);
export type LetterFields = v.InferOutput<typeof fields>;

/** The filters that a caller may send. Only admins may select letters by user or by id. */
export type AskedLetters = LetterFields & {
  user_id?: string | undefined;
  ids?: readonly string[] | undefined;
};

export const toLetterFilter = (asked: AskedLetters): LetterFilter => ({
  eventIds: asked.ids,
  userId: asked.user_id,
  providerCode: asked.imap_provider_code,
  userTag: asked.user_tag,
  kind: asked.kind,
  error: asked.error,
  diedAfter: asked.died_after,
  diedBefore: asked.died_before,
  state: asked.state,
});
