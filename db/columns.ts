import { sql } from "drizzle-orm";
import { bigint, timestamp } from "drizzle-orm/pg-core";

/**
 * Column types that the tables share. Each folder's tables.ts describes its tables as the
 * migrations create them. The SQL is authoritative: partitions, triggers and checks exist only
 * there. A test compares the descriptions with the SQL.
 */

/** Defines a column of points in time (timestamptz). */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
/**
 * Defines a column of numbers below 2^53: UIDs and UIDVALIDITY (both 32 bits), stream sequences and
 * transaction ids.
 */
export const count = (name: string) => bigint(name, { mode: "number" });
export const createdAt = () => at("created_at").notNull().defaultNow();
/**
 * Defines the column `change_seq`, which orders all changes. It contains the position of the row's
 * last change (docs/decisions/002).
 */
export const writtenBy = () =>
  count("change_seq")
    .notNull()
    .default(sql`change_seq_now()`);
