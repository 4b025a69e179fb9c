import { sql } from "drizzle-orm";
import { bigint, timestamp } from "drizzle-orm/pg-core";

/**
 * Kinds of columns that the tables share. Each folder's tables.ts shows its tables as the migrations make them. The SQL
 * is the truth: partitions, triggers and checks are only there. A test compares the two.
 */

/** A point in time, with a time zone. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
/** UIDs, UIDVALIDITY (both 32 bits), stream sequences and transaction ids: all below 2^53. */
export const count = (name: string) => bigint(name, { mode: "number" });
export const createdAt = () => at("created_at").notNull().defaultNow();
/** The position of the row in the order of all changes (docs/decisions/002). */
export const writtenBy = () =>
  count("change_seq")
    .notNull()
    .default(sql`change_seq_now()`);
