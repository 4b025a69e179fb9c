import * as v from "valibot";
import {
  allLetters,
  letterCursor,
  type LetterFields,
  letterFields,
} from "../../letters/letter-filter.ts";
import { pageQuery } from "../page.ts";

export const letterQuery = v.object({
  limit: pageQuery("evt").entries.limit,
  cursor: letterCursor(
    "The position of the next page, from the `Link` header of the previous answer.",
  ),
  ...letterFields,
});

export const chosenLetters = v.strictObject({ ...letterFields, all: allLetters });

/** Returns query parameters that select the same letters as these fields. */
export function toQuery(asked: LetterFields): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) query.set(name, value instanceof Date ? value.toISOString() : value);
  }
  return query;
}
