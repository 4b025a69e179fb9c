import * as v from "valibot";
import type { IdPrefix } from "../../shared/ids.ts";

export const isRowId = (prefix: IdPrefix, text: string): boolean =>
  new RegExp(`^${prefix}_[0-9A-Za-z]{22}$`).test(text);

/** Returns the schema of a field with the id of a row. */
export const rowId = (prefix: IdPrefix) =>
  v.pipe(
    v.string("must be a string"),
    v.check((text) => isRowId(prefix, text), `must be an id that begins with ${prefix}_`),
  );
