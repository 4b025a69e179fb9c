import * as v from "valibot";
import type { TimePosition } from "../../db/time-position.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

/** The schema of a cursor for a list that is sorted by time. */
export const timeCursor = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const position = decodeTimePosition(dataset.value);
    if (position !== undefined) return position;
    addIssue({ message: "must be a cursor of this list" });
    return NEVER;
  }),
);

export const encodeTimePosition = ({ at, id }: TimePosition): string => encodeCursor(`${at} ${id}`);

/**
 * Decodes a cursor to a position in a list that is sorted by time.
 * @returns undefined when the text is not such a cursor.
 */
export function decodeTimePosition(cursor: string): TimePosition | undefined {
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z) ([\w-]{1,100})$/.exec(decodeCursor(cursor)) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) return undefined;
  return { at, id };
}
