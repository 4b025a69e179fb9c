import { html } from "hono/html";
import * as v from "valibot";

/** The parts of a JSON Schema that the page shows. */
const shownSchema = v.looseObject({
  $ref: v.exactOptional(v.string()),
  type: v.exactOptional(v.union([v.string(), v.array(v.string())])),
  description: v.exactOptional(v.string()),
  enum: v.exactOptional(v.array(v.unknown())),
  const: v.exactOptional(v.unknown()),
  properties: v.exactOptional(v.record(v.string(), v.unknown())),
  required: v.exactOptional(v.array(v.string())),
  items: v.exactOptional(v.unknown()),
  anyOf: v.exactOptional(v.array(v.unknown())),
  oneOf: v.exactOptional(v.array(v.unknown())),
  examples: v.exactOptional(v.array(v.unknown())),
});
type ShownSchema = v.InferOutput<typeof shownSchema>;

const read = (schema: unknown): ShownSchema => v.parse(shownSchema, schema ?? {});

const nameOf = (reference: string) => reference.split("/").at(-1) ?? "";

/** Renders the fields of an object, one per row; for a union of objects, the fields of each. */
export function fieldsTable(schema: unknown): unknown {
  const { properties = {}, required = [], oneOf, anyOf } = read(schema);
  const variants = oneOf ?? anyOf;
  if (variants) return variants.map(fieldsTable);
  return html`<table>
    ${Object.entries(properties).map(([name, field]) =>
      row(html`<code>${name}</code>`, [
        html`<span class="soft"
          >${typeOf(field)}${required.includes(name) ? ", required" : ""}</span
        >`,
        html`<br />${prose(describe(field))}`,
      ]),
    )}
  </table>`;
}

/** Renders backticks in a text as code. */
export const prose = (text: string | undefined) =>
  text?.split("`").map((part, n) => (n % 2 === 0 ? part : html`<code>${part}</code>`)) ?? "";

/** Renders a table row with a name and a text. */
export const row = (name: unknown, text: unknown) =>
  html`<tr>
    <td>${name}</td>
    <td>${text}</td>
  </tr>`;

/** Renders the type of a schema, with a link when the schema has a name. */
export function typeOf(schema: unknown): unknown {
  const { $ref, type, enum: values, const: value, items, anyOf, oneOf } = read(schema);
  if ($ref !== undefined) return html`<a href="#${nameOf($ref)}">${nameOf($ref)}</a>`;
  if (value !== undefined) return html`<code>${JSON.stringify(value)}</code>`;
  if (values) return separated(values.map((one) => html`<code>${String(one)}</code>`));
  if (items !== undefined) return html`list of ${typeOf(items)}`;
  const variants = anyOf ?? oneOf;
  if (variants) return separated(variants.map(typeOf));
  return Array.isArray(type) ? type.join(" or ") : (type ?? "anything");
}

const separated = (parts: readonly unknown[]) =>
  parts.map((part, n) => (n === 0 ? part : html` or ${part}`));

/** Returns the description of a field, or of one of its variants. */
function describe(schema: unknown): string {
  const { description, anyOf = [], oneOf = [] } = read(schema);
  const inner = [...anyOf, ...oneOf].map(describe).find((text) => text !== "");
  return description ?? inner ?? "";
}

/** Returns an example value of a schema with its required fields. */
export function exampleOf(schema: unknown, named: Readonly<Record<string, unknown>>): unknown {
  const known = read(schema);
  const { $ref, properties = {}, required = [] } = known;
  if ($ref !== undefined) return exampleOf(named[nameOf($ref)], named);
  if (known.examples?.[0] !== undefined) return known.examples[0];
  if (known.const !== undefined) return known.const;
  if (known.enum) return known.enum[0];
  const variants = known.anyOf ?? known.oneOf;
  if (variants) return exampleOf(variants[0], named);
  if (known.type !== "object") return known.type === "string" ? "…" : null;
  return Object.fromEntries(required.map((name) => [name, exampleOf(properties[name], named)]));
}
