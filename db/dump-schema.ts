import { sql } from "drizzle-orm";
import type { Db } from "./client.ts";

/** Matches the end of the name of a partition: the date of the day whose rows it contains. */
const IS_PARTITION = "_\\d{8}";

/**
 * Returns the schema after all migrations as text: columns, then constraints, indexes and triggers,
 * by table.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const { rows } = await db.execute<{ table_name: string; line: string }>(sql`
    select table_name, line from (
      select c.relname as table_name, 1 as part, a.attnum::int as place,
             a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
               || case when a.attnotnull then ' not null' else '' end
               || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
               || case when a.attidentity <> '' then ' identity' else '' end as line
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where a.attnum > 0 and not a.attisdropped
      union all
      select conrelid::regclass::text, 2, 0, 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'
      union all
      select tablename, 3, 0, indexdef from pg_indexes where schemaname = 'public'
      union all
      select tgrelid::regclass::text, 4, 0, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    ) as dump
    where table_name !~ ${IS_PARTITION}
    order by table_name collate "C", part, place, line collate "C"`);
  const tables = Map.groupBy(rows, (row) => row.table_name);
  return [...tables]
    .map(([name, lines]) => `${name}\n${lines.map(({ line }) => `  ${line}\n`).join("")}`)
    .join("\n");
}
