import * as v from "valibot";
import type { CheckedSchema, FindFaults } from "./json-schema.ts";

/** A text that most of the wrong values contain. No answer of the API may contain it. */
export const CANARY = "CANARY-7f3a";

/**
 * Values of every type. If a field's schema refuses a value, the tests send it as a wrong value.
 */
const CANDIDATES: readonly unknown[] = [
  { inner: CANARY },
  [CANARY],
  -12_345.5,
  true,
  null,
  "",
  CANARY,
  CANARY.repeat(500),
];

const withNul = `${CANARY}\0`;

export interface WrongBody {
  what: string;
  body: Record<string, unknown>;
  /** The JSON pointer of the wrong field. The answer must contain this pointer. */
  pointer: string;
}

const objectSchema = v.object({
  properties: v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
  required: v.optional(v.array(v.string()), []),
});

/** Returns bodies with exactly one mistake each: a missing, a wrong or an additional field. */
export function wrongBodies(
  schema: CheckedSchema,
  good: Readonly<Record<string, unknown>>,
  findFaults: FindFaults,
): WrongBody[] {
  const { properties, required } = v.parse(objectSchema, schema);
  const missing = required.map((name) => {
    const { [name]: _left, ...body } = good;
    return { what: `no ${name}`, body, pointer: `/${name}` };
  });
  const wrong = Object.entries(properties).flatMap(([name, property]) =>
    wrongValues(property, findFaults).map((value) => ({
      what: `${name} ${JSON.stringify(value).slice(0, 40)}`,
      body: { ...good, [name]: value },
      pointer: `/${name}`,
    })),
  );
  const unknown = {
    what: "an unknown field",
    body: { ...good, no_such_field: CANARY },
    pointer: "/no_such_field",
  };
  return [...missing, ...wrong, unknown];
}

/**
 * Returns the candidates that the schema refuses, and a text with a NUL character. A schema cannot
 * exclude NUL, but PostgreSQL does not accept it.
 */
const wrongValues = (schema: CheckedSchema, findFaults: FindFaults): unknown[] => [
  ...CANDIDATES.filter((value) => findFaults(schema, value).length > 0),
  withNul,
];

/**
 * Strange values for parameters in the query, in the path or in a header. All of them are texts.
 */
export const STRANGE_TEXTS: readonly string[] = [
  CANARY,
  "",
  withNul,
  CANARY.repeat(50),
  "'--",
  "￿",
];

/** Request bodies without fields: [description, body, content type, expected status]. */
export const STRANGE_BODIES: readonly [string, string | Uint8Array, string, number][] = [
  ["broken JSON", `{"${CANARY}`, "application/json", 400],
  ["bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), "application/json", 400],
  ["a list", `["${CANARY}"]`, "application/json", 422],
  ["a text", `"${CANARY}"`, "application/json", 422],
  ["70 kB", `"${CANARY.repeat(7_000)}"`, "application/json", 413],
  ["plain text", CANARY, "text/plain", 415],
  ["a broken form", CANARY, "multipart/form-data; boundary=x", 400],
];
