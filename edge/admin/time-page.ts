import * as v from "valibot";
import type { TimePage, TimePosition } from "../../db/time-position.ts";
import { encodeTimePosition, timeCursor } from "../paging/time-cursor.ts";
import { oneMore, pageFields } from "./page.ts";

/** The query fields of a list that is sorted by time, newest first. */
export const timePageFields = {
  limit: pageFields("evt").limit,
  /** The `next_cursor` of the previous page. */
  cursor: v.optional(timeCursor),
};

/**
 * Returns which rows to read: one more than the page shows. If the additional row exists, there is
 * a next page.
 */
export const timePage = (limit: number, cursor: TimePosition | undefined): TimePage => ({
  after: cursor,
  limit: oneMore(limit),
});

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
