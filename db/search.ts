import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/**
 * Returns the SQL condition that the column begins with `text`. Upper and lower case do not matter.
 * If there is an index on `lower(column) collate "C"`, PostgreSQL can find the matching rows with
 * this index.
 */
export const beginsWith = (column: PgColumn, text: string): SQL =>
  sql`lower(${column}) collate "C" like lower(${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}) || '%'`;
