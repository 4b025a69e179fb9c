import * as v from "valibot";
import { hasUnseen } from "../shared/visible-text.ts";

/**
 * Whether PostgreSQL can store the text. It refuses NUL, and UTF-8 cannot encode lone surrogates.
 */
export const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");

/**
 * Returns the text of a path for a search. If PostgreSQL cannot store the text, returns the empty
 * text: as with every such text, the search finds nothing.
 */
export const toSearched = (text: string) => (isStorable(text) ? text : "");

/**
 * Returns the schema of a text of 1 to `max` characters without control characters. Spaces at both
 * ends are removed.
 */
export const line = (max: number) =>
  v.pipe(
    v.string("must be a string"),
    v.trim(),
    v.minLength(1, "must not be blank"),
    v.maxLength(max, `must be at most ${max} characters long`),
    v.check((text) => isStorable(text) && !hasUnseen(text), "must not contain control characters"),
  );

/** Returns the schema of a secret: a text without line breaks. Spaces at the ends are kept. */
export const secret = (max: number) =>
  v.pipe(
    v.string("must be a string"),
    v.minLength(1, "must not be empty"),
    v.maxLength(max, `must be at most ${max} characters long`),
    v.check(
      (text) => isStorable(text) && !/[\r\n]/.test(text),
      "must not contain line breaks or NUL",
    ),
  );

/**
 * Returns the schema of a field that can be cleared: with null, or with the empty text in a form.
 * `schema` comes first, because the API reference shows the first alternative.
 */
export const clearable = <const S extends v.GenericSchema<string, string>>(schema: S) =>
  v.union(
    [
      schema,
      v.null(),
      v.pipe(
        v.literal(""),
        v.transform(() => null),
      ),
    ],
    "must be a string or null",
  );

const portMessage = "must be a port from 1 to 65535";

/**
 * Returns the schema of a port: a number, or digits in a form. Null or an empty text clears the
 * field.
 */
export const port = (description: string) =>
  v.pipe(
    v.union(
      [
        v.null(),
        v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
        v.pipe(v.string(), v.regex(/^(|[1-9]\d{0,4})$/)),
      ],
      portMessage,
    ),
    v.description(description),
    v.transform((value) => (value === null || value === "" ? null : Number(value))),
    v.check((value) => value === null || value <= 65_535, portMessage),
  );

/**
 * Returns the schema of a boolean. A query or a form can send it as `true`, `false`, `1` or `0`.
 */
export const booleanField = (description: string) =>
  v.pipe(
    v.union([v.boolean(), v.picklist(["true", "false", "1", "0"])], "must be true or false"),
    v.description(description),
    v.transform((value) => value === true || value === "true" || value === "1"),
  );

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** Returns the schema of a time. An empty text, which forms send, counts as absent. */
export const instant = (description: string) =>
  v.pipe(
    v.string("must be a string"),
    v.check(
      (text) => text === "" || (ISO_TIME.test(text) && !Number.isNaN(Date.parse(text))),
      "must be an ISO 8601 time such as 2026-11-22T15:04:05Z",
    ),
    v.description(description),
    v.transform((text) => (text === "" ? undefined : new Date(text))),
  );
