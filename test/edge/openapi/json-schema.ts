import * as v from "valibot";

const record = v.record(v.string(), v.unknown());
export type CheckedSchema = v.InferOutput<typeof record>;

/** Returns one text per fault of the value, or an empty list if the value matches the schema. */
export type FindFaults = (schema: CheckedSchema, value: unknown, at?: string) => string[];

/**
 * Keywords that this checker ignores: they do not restrict the value, or other code checks them.
 */
const ANNOTATIONS = new Set([
  "description",
  "examples",
  "title",
  "default",
  "additionalProperties",
]);

/**
 * Returns a function that checks a value against a schema. It knows only the keywords of JSON
 * Schema 2020-12 that the OpenAPI document uses, and throws at any other. Unlike the standard, it
 * allows only the properties that the schema names.
 *
 * @param resolve Returns the schema for a `$ref`.
 */
export function schemaChecker(resolve: (ref: string) => CheckedSchema): FindFaults {
  const findFaults: FindFaults = (schema, value, at = "") => {
    const { $ref, properties, required, ...keywords } = schema;
    if (typeof $ref === "string") return findFaults(resolve($ref), value, at);
    const faults = Object.entries(keywords).flatMap(([keyword, wanted]) =>
      fits(keyword, wanted, value, findFaults) ? [] : [`${at}: ${keyword}`],
    );
    if (keywords["items"] !== undefined && Array.isArray(value)) {
      const items = v.parse(record, keywords["items"]);
      faults.push(...value.flatMap((item, i) => findFaults(items, item, `${at}/${i}`)));
    }
    if (properties === undefined || !v.is(record, value) || Array.isArray(value)) return faults;
    const known = v.parse(v.record(v.string(), record), properties);
    const missing = v.parse(v.optional(v.array(v.string()), []), required);
    faults.push(
      ...missing.filter((name) => !(name in value)).map((name) => `${at}/${name}: required`),
    );
    for (const [name, one] of Object.entries(value)) {
      const property = known[name];
      faults.push(
        ...(property ? findFaults(property, one, `${at}/${name}`) : [`${at}/${name}: unknown`]),
      );
    }
    return faults;
  };
  return findFaults;
}

function fits(keyword: string, wanted: unknown, value: unknown, findFaults: FindFaults): boolean {
  const isText = typeof value === "string";
  switch (keyword) {
    case "type":
      return wanted === "integer" ? Number.isInteger(value) : nameType(value) === wanted;
    case "const":
      return value === wanted;
    case "enum":
      return Array.isArray(wanted) && wanted.includes(value);
    case "anyOf":
      return countFitting(wanted, value, findFaults) > 0;
    case "oneOf":
      return countFitting(wanted, value, findFaults) === 1;
    case "minLength":
      return !isText || value.length >= Number(wanted);
    case "maxLength":
      return !isText || value.length <= Number(wanted);
    case "minimum":
      return typeof value !== "number" || value >= Number(wanted);
    case "maximum":
      return typeof value !== "number" || value <= Number(wanted);
    case "pattern":
      return !isText || new RegExp(String(wanted), "u").test(value);
    case "format":
      return isText && hasFormat(value, wanted);
    case "items":
      return true;
    default:
      if (ANNOTATIONS.has(keyword)) return true;
      throw new Error(`Cannot check a schema: found the keyword ${keyword}`);
  }
}

const countFitting = (schemas: unknown, value: unknown, findFaults: FindFaults): number =>
  v.parse(v.array(record), schemas).filter((one) => findFaults(one, value).length === 0).length;

function hasFormat(text: string, format: unknown): boolean {
  switch (format) {
    case "binary":
      return true;
    case "date-time":
      return !Number.isNaN(Date.parse(text));
    case "uri":
      return URL.canParse(text);
    default:
      return false;
  }
}

function nameType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
