import * as v from "valibot";
import type { IdPrefix } from "../../shared/ids.ts";
import { pageLimit } from "../paging/page-limit.ts";
import { isRowId } from "./row-id.ts";

/** Returns the query fields of a list whose rows have ids with this prefix. */
export const pageFields = (prefix: IdPrefix) => ({
  limit: pageLimit(200, 50),
  /** The `next_cursor` of the previous page. */
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => isRowId(prefix, text), "must be a cursor of this list"),
    ),
  ),
});

/**
 * Returns the query field that chooses the order of a list.
 *
 * @param orders The orders of the list. The first is the usual one.
 */
export const sortField = <const One extends string>(orders: readonly [One, ...One[]]) =>
  v.optional(v.picklist(orders, `must be one of ${orders.join(", ")}`), orders[0]);

/**
 * Returns how many rows to read: one more than the page shows. If the additional row exists, there
 * is a next page.
 */
export const oneMore = (limit: number) => limit + 1;

export function cutPage<Row extends { id: string }>(
  found: readonly Row[],
  limit: number,
): { rows: Row[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  return { rows, next_cursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
