import { sql } from "drizzle-orm";
import { type Db, sqlStateOf } from "./client.ts";

/**
 * Limits of each session of our role, kept by the server. They are settings of the role, since a
 * pooler (Neon's is PgBouncer) refuses them as parameters of a connection.
 *
 *   statement_timeout                    below the deadline of the client, so that a slow statement
 *                                        ends at the server too, and says so
 *   idle_in_transaction_session_timeout  a process that was frozen or cut off keeps no lock for longer
 */
const LIMITS = {
  statement_timeout: "25s",
  idle_in_transaction_session_timeout: "60s",
} as const;

const INSUFFICIENT_PRIVILEGE = "42501";

/**
 * Gives our role those limits that nobody has set, in this database. What somebody has set stays,
 * whatever it is.
 *
 * @returns false when the role may not do that.
 */
export async function limitSessions(db: Db): Promise<boolean> {
  try {
    await db.execute(
      sql.raw(`do $$
      declare
        wanted record;
      begin
        for wanted in select * from (values ${VALUES}) as wanted (name, value) loop
          if not exists (
            select 1 from pg_db_role_setting, unnest(setconfig) as setting
            where setdatabase in (0, (select oid from pg_database where datname = current_database()))
              and setrole in (0, (select oid from pg_roles where rolname = current_user))
              and setting like wanted.name || '=%'
          ) then
            execute format('alter role %I in database %I set %I = %L',
              current_user, current_database(), wanted.name, wanted.value);
          end if;
        end loop;
      end $$`),
    );
    return true;
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return false;
  }
}

const VALUES = Object.entries(LIMITS)
  .map(([name, value]) => `('${name}', '${value}')`)
  .join(", ");
