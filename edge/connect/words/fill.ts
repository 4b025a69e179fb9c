import { html } from "hono/html";

/** HTML whose values are escaped. */
export type Html = ReturnType<typeof html>;

/** The values of a text's placeholders, by name. */
type Values<T> = Readonly<Record<string, T>>;

const PLACEHOLDER = /\{(\w+)\}/;

/** Replaces the placeholders of a text. The result is text, not HTML. */
export const fill = (text: string, values: Values<string>): string => split(text, values).join("");

/** Replaces the placeholders of a text. Returns HTML, in which text is escaped. */
export const fillHtml = (text: string, values: Values<string | Html>): Html =>
  html`${split(text, values)}`;

function split<T>(text: string, values: Values<T>): (string | T)[] {
  // split() returns texts and the names of placeholders in turn.
  return text.split(PLACEHOLDER).map((part, index) => {
    if (index % 2 === 0) return part;
    const value = values[part];
    if (value === undefined) throw new Error(`Cannot fill in a text: found no value for ${part}`);
    return value;
  });
}
