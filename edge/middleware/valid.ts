import { invalidInput } from "../invalid-input.ts";
import type { MiddlewareHandler } from "hono";
import { uniqueSymbol } from "hono-openapi";
import * as v from "valibot";
import type { FieldError } from "../../shared/errors.ts";
import { isDecodable } from "../../shared/mail/is-decodable.ts";
import type { AppEnv } from "../app-env.ts";
import { problemAnswers } from "../openapi/answers.ts";
import { buildJsonSchema, listQueryParameters } from "../openapi/schema.ts";
import { isFields, withoutApiKey } from "./body.ts";

export type BodySchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;
export type QuerySchema = v.ObjectSchema<v.ObjectEntries, undefined>;

type Validates<Target extends "json" | "query", S extends v.GenericSchema> = MiddlewareHandler<
  AppEnv,
  string,
  { in: { [K in Target]: v.InferInput<S> }; out: { [K in Target]: v.InferOutput<S> } }
>;

/**
 * Creates a middleware that validates the body, whether JSON or a form, and describes it in the
 * OpenAPI document.
 */
export function validBody<const S extends BodySchema>(schema: S): Validates<"json", S> {
  const content = { schema: buildJsonSchema(schema) };
  const spec = {
    requestBody: {
      content: {
        "application/json": content,
        "application/x-www-form-urlencoded": content,
        "multipart/form-data": content,
      },
    },
    responses: problemAnswers(
      "malformed-body",
      "body-too-large",
      "unsupported-media-type",
      "invalid-input",
    ),
  };
  const middleware: Validates<"json", S> = async (c, next) => {
    c.req.addValidatedData("json", parseFields(schema, withoutApiKey(await c.var.body())));
    await next();
  };
  return Object.assign(middleware, { [uniqueSymbol]: { spec } });
}

/**
 * Creates a middleware that validates the query and describes it in the OpenAPI document. Unknown
 * parameters are ignored.
 */
export function validQuery<const S extends QuerySchema>(schema: S): Validates<"query", S> {
  const spec = {
    parameters: listQueryParameters(schema),
    responses: problemAnswers("invalid-input"),
  };
  const middleware: Validates<"query", S> = async (c, next) => {
    if (!isDecodable(new URL(c.req.url).search)) throw invalidInput([UNREADABLE]);
    c.req.addValidatedData("query", parseFields(schema, c.req.query()));
    await next();
  };
  return Object.assign(middleware, { [uniqueSymbol]: { spec } });
}

const UNREADABLE = { pointer: "", detail: "must be percent-encoded UTF-8" };

/**
 * Parses the fields of a request.
 * @throws {AppError} with all faults at once. The error never contains the value of a field.
 */
export function parseFields<S extends BodySchema | QuerySchema>(
  schema: S,
  input: unknown,
): v.InferOutput<S> {
  if (!isFields(input)) throw invalidInput([{ pointer: "", detail: "must be an object" }]);
  // Valibot stops at the first unknown field, but callers want to see all of them.
  const unknown =
    schema.type === "object"
      ? []
      : Object.keys(input).filter((name) => !Object.hasOwn(schema.entries, name));
  const known = Object.fromEntries(
    Object.entries(input).filter(([name]) => !unknown.includes(name)),
  );
  const result = v.safeParse(schema, known);
  const faults = [...(result.issues ?? []).map(toFieldError), ...unknown.map(unknownFault)];
  if (faults.length > 0 || !result.success) throw invalidInput(faults);
  return result.output;
}

/**
 * Returns the fault of an unknown field. The answer contains the field's name only if it is short
 * and has no unusual characters. This protects secrets: if a caller sends JSON as a form,
 * the whole body becomes the name of a field.
 */
const unknownFault = (name: string): FieldError =>
  /^[\w/~-]{1,64}$/.test(name)
    ? { pointer: pointerTo([name]), detail: "is not a known field" }
    : { pointer: "", detail: "has an unknown field (is it JSON that was sent as a form?)" };

function toFieldError(issue: v.BaseIssue<unknown>): FieldError {
  return {
    pointer: pointerTo((issue.path ?? []).map((part) => String(part.key))),
    detail: describeIssue(issue),
  };
}

/**
 * Describes a fault without its value. Valibot's own messages end with the received value, which
 * may be a secret.
 */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.received === "undefined") return "is missing";
  return issue.message.startsWith("Invalid ") ? `must be ${wanted(issue)}` : issue.message;
}

const WANTED = new Map([
  ["string", "a string"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["Object", "an object"],
  ["Array", "a list"],
]);
const wanted = (issue: v.BaseIssue<unknown>) =>
  WANTED.get(issue.expected ?? "") ?? "of a different type";

/** Builds a JSON Pointer (RFC 6901, 3). */
const pointerTo = (path: readonly string[]) =>
  path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
