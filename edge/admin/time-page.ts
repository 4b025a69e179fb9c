import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as v from "valibot";
import type { TimePage, TimePosition } from "../../db/time-position.ts";
import { oneMore, pageFields } from "./page.ts";

/** The fields of the query of a list that is sorted by time, the newest first. */
export const timePageFields = {
  limit: pageFields("evt").limit,
  /** The `next_cursor` of the page before. */
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const position = decodeTimePosition(dataset.value);
        if (position !== undefined) return position;
        addIssue({ message: "must be a cursor of this list" });
        return NEVER;
      }),
    ),
  ),
};

/** What to ask the database for. */
export const timePage = (limit: number, cursor: TimePosition | undefined): TimePage => ({
  after: cursor,
  limit: oneMore(limit),
});

export function timePageOf<Row extends { position: string }>(
  found: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
): { rows: Row[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (!last || found.length <= limit) return { rows, next_cursor: null };
  return { rows, next_cursor: encodeTimePosition({ at: last.position, id: idOf(last) }) };
}

export const encodeTimePosition = ({ at, id }: TimePosition): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(`${at} ${id}`));

/** @returns undefined for what is no cursor of such a list. */
export function decodeTimePosition(cursor: string): TimePosition | undefined {
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z) ([\w-]{1,100})$/.exec(decode(cursor)) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) return undefined;
  return { at, id };
}

function decode(cursor: string): string {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(cursor));
  } catch {
    return "";
  }
}
