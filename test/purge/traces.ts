import { sql } from "drizzle-orm";
import { userSubjects } from "../../fleet/bus/subjects.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

/**
 * Tables that may still contain the id of a removed user. `audit_log` and `purges` keep a record of
 * the removal. `removed_users` informs the fleet about the removal.
 */
const RECEIPTS = new Set(["audit_log", "purges", "removed_users"]);

/**
 * Returns the tables with rows that contain the user's id, and the NATS subjects with messages
 * about the user.
 */
export async function findTraces(
  { db, bus }: FleetStack,
  partnerId: string,
  userId: string,
): Promise<string[]> {
  const { rows: tables } = await db.execute<{ name: string }>(sql`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`);
  const found: string[] = [];
  for (const { name } of tables.filter((table) => !RECEIPTS.has(table.name))) {
    const { rows } = await db.execute(
      sql`select 1 from ${sql.identifier(name)} as entry
          where entry::text like ${`%${userId}%`} and entry::text not like '%,users_changed,%' limit 1`,
    );
    if (rows.length > 0) found.push(name);
  }
  for (const [stream, subjects_filter] of userSubjects(partnerId, userId)) {
    const { state } = await bus.jsm.streams.info(stream, { subjects_filter });
    found.push(...Object.keys(state.subjects ?? {}).map(withoutEvent));
  }
  return found;
}

/** Shortens the event id at the end of a subject, so that tests can compare subjects. */
const withoutEvent = (subject: string) => subject.replace(/evt_\w+$/, "evt_…");
