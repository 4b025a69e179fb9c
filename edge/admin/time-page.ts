import * as v from "valibot";
import type { TimePage, TimePosition } from "../../db/time-position.ts";
import { encodeTimePosition, timeCursor } from "../paging/time-cursor.ts";
import { oneMore, pageFields, sortField } from "./page.ts";

/** The orders of a list that is sorted by time: newest first, and oldest first. */
const TIME_ORDERS = ["-at", "at"] as const;
type TimeOrder = (typeof TIME_ORDERS)[number];

/** The query field that chooses the order of a list that is sorted by time. */
export const timeSort = sortField(TIME_ORDERS);

/** The query fields of a list that is sorted by time. */
export const timePageFields = {
  limit: pageFields("evt").limit,
  /** The `next_cursor` of the previous page. */
  cursor: v.optional(timeCursor),
};

/**
 * Returns which rows to read: one more than the page shows. If the additional row exists, there is
 * a next page.
 */
export const timePage = (
  limit: number,
  cursor: TimePosition | undefined,
  sort: TimeOrder = "-at",
): TimePage => ({ after: cursor, limit: oneMore(limit), isOldestFirst: sort === "at" });

export function cutTimePage<Row extends { position: string }>(
  found: readonly Row[],
  limit: number,
  readId: (row: Row) => string,
): { rows: Row[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (!last || found.length <= limit) return { rows, next_cursor: null };
  return { rows, next_cursor: encodeTimePosition({ at: last.position, id: readId(last) }) };
}
