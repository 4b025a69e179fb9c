import { sql } from "drizzle-orm";
import { type Db, findSqlState } from "../client.ts";

/**
 * Limits of each session of our role, enforced by the server. They are settings of the role, since
 * a pooler (Neon uses PgBouncer) refuses them as connection parameters.
 *
 *   statement_timeout                    shorter than the client's timeout, so that the server ends
 *                                        a slow statement itself and reports it
 *   idle_in_transaction_session_timeout  limits how long a frozen or disconnected process keeps locks
 */
const LIMITS = {
  statement_timeout: "25s",
  idle_in_transaction_session_timeout: "60s",
} as const;

const INSUFFICIENT_PRIVILEGE = "42501";

/**
 * Sets each limit that is not set yet for our role in this database. Existing values are kept.
 *
 * @returns false when the role lacks the privilege.
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
    if (findSqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    return false;
  }
}

const VALUES = Object.entries(LIMITS)
  .map(([name, value]) => `('${name}', '${value}')`)
  .join(", ");
