import type { LetterFilter } from "../../db/deliveries/dead-letter-list.ts";
import { invalidInput } from "../invalid-input.ts";
import { type AskedLetters, toLetterFilter } from "./letter-filter.ts";

/**
 * Parses the part of a request that selects letters.
 * @throws {AppError} when the request selects nothing, or combines `all` with other fields. A
 * request that means all letters must contain `all`.
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
