import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/**
 * SQL condition: the column begins with `text`. Upper and lower case do not matter. The query can
 * use a range of an index on `lower(column) collate "C"`.
 */
export const beginsWith = (column: PgColumn, text: string): SQL =>
  sql`lower(${column}) collate "C" like lower(${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}) || '%'`;
