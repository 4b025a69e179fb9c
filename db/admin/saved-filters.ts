import { and, asc, eq, sql } from "drizzle-orm";
import { newId } from "../../shared/ids.ts";
import type { Db } from "../client.ts";
import { adminSavedFilters } from "./tables.ts";

/** How many filters an admin can save. */
export const MAX_SAVED_FILTERS = 50;

/** A list with filters: the screen, and the query of its address. */
export interface NewSavedFilter {
  path: string;
  query: string;
  name: string;
}

/** Lists the filters that an admin has saved for a screen, by name. */
export const listSavedFilters = (db: Db, adminId: string, path: string) =>
  db
    .select({
      id: adminSavedFilters.id,
      name: adminSavedFilters.name,
      query: adminSavedFilters.query,
    })
    .from(adminSavedFilters)
    .where(and(eq(adminSavedFilters.adminId, adminId), eq(adminSavedFilters.path, path)))
    .orderBy(asc(sql`lower(${adminSavedFilters.name})`), asc(adminSavedFilters.id));

/**
 * Saves a filter. One of the same name and screen is replaced.
 * @returns The id. Undefined when the admin has `MAX_SAVED_FILTERS` others.
 */
export async function saveFilter(
  db: Db,
  adminId: string,
  { path, query, name }: NewSavedFilter,
): Promise<string | undefined> {
  const { rows } = await db.execute<{ id: string }>(sql`
    insert into admin_saved_filters as saved (id, admin_id, path, query, name)
    select ${newId("flt")}, ${adminId}, ${path}, ${query}, ${name}
    where ${MAX_SAVED_FILTERS} > (
      select count(*) from admin_saved_filters
      where admin_id = ${adminId} and not (path = ${path} and lower(name) = lower(${name})))
    on conflict (admin_id, path, lower(name)) do update
      set query = excluded.query, name = excluded.name
    returning saved.id`);
  return rows[0]?.id;
}

/** Deletes a filter that the admin has saved. Returns whether there was one. */
export async function deleteSavedFilter(db: Db, adminId: string, id: string): Promise<boolean> {
  const deleted = await db
    .delete(adminSavedFilters)
    .where(and(eq(adminSavedFilters.id, id), eq(adminSavedFilters.adminId, adminId)))
    .returning({ id: adminSavedFilters.id });
  return deleted.length > 0;
}
