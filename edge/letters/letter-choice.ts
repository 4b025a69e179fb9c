import type { LetterFilter } from "../../db/deliveries/dead-letter-list.ts";
import { invalidInput } from "../invalid-input.ts";
import { type AskedLetters, toLetterFilter } from "./letter-filter.ts";

/**
 * Parses a request's selection of letters.
 * @throws {AppError} when nothing is selected, so that an empty selection never means all letters.
 */
export function parseLetterChoice({
  all = false,
  ...fields
}: AskedLetters & { all?: boolean | undefined }): LetterFilter {
  const isNarrowed = Object.values(fields).some((value) => value !== undefined);
  if (all && isNarrowed) {
    throw invalidInput([{ pointer: "/all", detail: "cannot be combined with other fields" }]);
  }
  if (!all && !isNarrowed) {
    throw invalidInput([{ pointer: "/all", detail: "must be true if no other field is given" }]);
  }
  return toLetterFilter(fields);
}
