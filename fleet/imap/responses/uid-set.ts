import { toUint32 } from "./uint32.ts";
import { UnreadableResponse, type Value } from "./values.ts";

/**
 * UIDs from `first` to `last`, both included. Ranges are not expanded: a server can write four
 * billion UIDs in 12 bytes.
 */
export interface UidRange {
  first: number;
  last: number;
}

const RANGE = /^(\d{1,20})(?::(\d{1,20}))?$/;

/**
 * Reads a set of UIDs such as `2,10:11` (RFC 9051, 9: sequence-set). Either end of a range may come
 * first.
 *
 * @throws {UnreadableResponse} when the value is not such a set.
 */
export function readUidSet(value: Value): UidRange[] {
  if (typeof value !== "string") throw new UnreadableResponse("A set of UIDs is missing");
  return value.split(",").map((text) => {
    const [, one, other = one] = RANGE.exec(text) ?? [];
    const [a, b] = [toUint32(one ?? ""), toUint32(other ?? "")];
    if (!a || !b) throw new UnreadableResponse("A set of UIDs cannot be read");
    return { first: Math.min(a, b), last: Math.max(a, b) };
  });
}

/** Returns how many UIDs the ranges hold. */
export const countUids = (ranges: readonly UidRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
