import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/**
 * SQL condition: a text begins with `text`, in any case. Uses an index on `lower(column) collate
 * "C"` as a range.
 */
export const beginsWith = (column: PgColumn, text: string): SQL =>
  sql`lower(${column}) collate "C" like lower(${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}) || '%'`;
