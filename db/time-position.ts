import { type SQL, sql, type SQLWrapper } from "drizzle-orm";

/** The position of a reader in a list sorted by time, newest first: the last row that was read. */
export interface TimePosition {
  /**
   * ISO 8601, UTC, with microseconds. It is not a Date: a Date has only milliseconds, so further
   * rows of the same millisecond would be skipped.
   */
  at: string;
  id: string;
}

export interface TimePage {
  after: TimePosition | undefined;
  limit: number;
  /** Whether the oldest row comes first. Without it, the newest does. */
  isOldestFirst?: boolean;
}

/** SQL: the direction in which a page is sorted, and the comparison with what was read before. */
export const toDirection = ({ isOldestFirst = false }: Pick<TimePage, "isOldestFirst">) =>
  isOldestFirst
    ? { order: sql.raw("asc"), behind: sql.raw(">") }
    : { order: sql.raw("desc"), behind: sql.raw("<") };

/** SQL: the time in a column, as text in the format of `TimePosition.at`. */
export const exactTime = (column: SQLWrapper) =>
  sql<string>`to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export const isBehind = (
  { at, id }: Record<"at" | "id", SQLWrapper>,
  position: TimePosition | undefined,
  behind: SQL = sql.raw("<"),
): SQL | undefined =>
  position && sql`(${at}, ${id}) ${behind} (${position.at}::timestamptz, ${position.id}::text)`;
