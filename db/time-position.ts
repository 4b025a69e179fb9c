import { type SQL, sql, type SQLWrapper } from "drizzle-orm";

/** Where a reader of a list stands that is sorted by time, the newest first: behind this row. */
export interface TimePosition {
  /** ISO 8601, UTC, to the microsecond: a Date knows milliseconds only, and a row would be overlooked. */
  at: string;
  id: string;
}

export interface TimePage {
  after: TimePosition | undefined;
  limit: number;
}

/** A time as a position has it. */
export const exactTime = (column: SQLWrapper) =>
  sql<string>`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export const isBehind = (
  { at, id }: Record<"at" | "id", SQLWrapper>,
  position: TimePosition | undefined,
): SQL | undefined =>
  position && sql`(${at}, ${id}) < (${position.at}::timestamptz, ${position.id}::text)`;
