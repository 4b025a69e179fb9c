import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";

/** Whether a text begins so, in any case; by an index of `lower(column) collate "C"`, of which it is a range. */
export const beginsWith = (column: PgColumn, text: string): SQL =>
  sql`lower(${column}) collate "C" like lower(${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}) || '%'`;
