import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AGED_TABLES, type AgedTableName } from "../../db/removal/aged-rows.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { DAYS, forceRound, insertNewUser } from "./run-retention.ts";

let stack: DatabaseStack;
let partnerId: string;
let userId: string;
beforeAll(async () => {
  stack = await startDatabaseStack();
  ({ partnerId, userId } = await insertNewUser(stack));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** Inserts a row that is this many days old. */
function insertAged(table: AgedTableName, id: string, days: number) {
  const at = sql`now() - ${days}::float8 * interval '1 day'`;
  switch (table) {
    case "tracer_logs":
      return sql`insert into tracer_logs (uid, user_id, sent_at) values (${id}, ${userId}, ${at})`;
    case "audit_log":
      return sql`insert into audit_log (id, at, actor, action, subject_type, subject_id)
        values (${id}, ${at}, 'x', 'x', 'user', 'x')`;
    case "user_state_changes":
      return sql`insert into user_state_changes (user_id, state, reason, changed_at)
        values (${userId}, 'new', ${id}, ${at})`;
    case "user_events":
      return sql`insert into user_events (event_id, partner_id, user_id, kind, created_at)
        values (${id}, ${partnerId}, ${userId}, 'user_connected', ${at})`;
    case "dead_letters":
      return sql`insert into dead_letters (event_id, partner_id, user_id, kind, attempts, last_error, died_at)
        values (${id}, ${partnerId}, ${userId}, 'new_mail', 1, '', ${at})`;
    case "sweeps":
      return sql`insert into sweeps (id, user_id, state, since, until, finished_at)
        values (${id}, ${userId}, 'finished', now() - interval '1 day', now(), ${at})`;
    case "purges":
      return sql`insert into purges (id, partner_id, connection_id, scope, subject_id, total, state, finished_at)
        values (${id}, ${partnerId}, 'x', 'user', 'x', 0, 'finished', ${at})`;
    case "idempotency_keys":
      return sql`insert into idempotency_keys (id, partner_id, key_hash, claimed_at)
        values (${id}, ${partnerId}, ${id}, ${at})`;
    case "removed_users":
      return sql`insert into removed_users (user_id, change_seq, removed_at) values (${id}, 1, ${at})`;
    case "admin_sessions":
      return sql`with admin as (
          insert into admin_users (id, email, name, password_hash, password_kind)
          values (${id}, ${id}, 'x', 'x', 'chosen') returning id)
        insert into admin_sessions (id, admin_id, token_hash, created_at)
        select ${id}, id, ${id}, ${at} from admin`;
  }
}

const has = async (table: AgedTableName, id: string) => {
  const { rows } = await stack.db.execute(
    sql`select 1 from ${sql.identifier(table)} as entry where entry::text like ${`%${id}%`}`,
  );
  return rows.length > 0;
};

const KEPT_DAYS: Record<AgedTableName, number> = {
  tracer_logs: DAYS.tracerLogs,
  audit_log: DAYS.auditLog,
  user_state_changes: DAYS.auditLog,
  user_events: DAYS.mailLogs,
  dead_letters: DAYS.mailLogs,
  sweeps: DAYS.mailLogs,
  purges: DAYS.mailLogs,
  idempotency_keys: 2,
  removed_users: 7,
  admin_sessions: 30,
};

test("of every table that ages, rows go at their age and not an hour before", async () => {
  const names = Object.keys(AGED_TABLES).filter((name): name is AgedTableName => name in KEPT_DAYS);
  const hour = 1 / 24;
  for (const table of names) {
    await stack.db.execute(insertAged(table, `old_${table}`, KEPT_DAYS[table] + hour));
    await stack.db.execute(insertAged(table, `young_${table}`, KEPT_DAYS[table] - hour));
  }
  const round = await forceRound(stack.db);
  for (const table of names) {
    const found = [await has(table, `old_${table}`), await has(table, `young_${table}`)];
    expect({ table, found }).toEqual({ table, found: [false, true] });
  }
  expect(round).toMatchObject({ rows_deleted: names.length, audit_log_deleted: 1 });
});

test.each([
  ["that is being delivered again", sql`redeliver_requested_at = now()`, true],
  ["of which something lies in DEAD", sql`obsolete_seqs = '{7}'`, true],
  ["that is being deleted", sql`delete_requested_at = now()`, true],
  [
    "that was delivered at last",
    sql`redeliver_requested_at = now(), redelivered_at = now()`,
    false,
  ],
])("an old dead letter %s stays: %3$s", async (what, change, stays) => {
  const id = `evt_${what.replaceAll(" ", "")}`;
  await stack.db.execute(insertAged("dead_letters", id, 1_000));
  await stack.db.execute(sql`update dead_letters set ${change} where event_id = ${id}`);
  await forceRound(stack.db);
  expect(await has("dead_letters", id)).toBe(stays);
});

test.each([["sweeps"], ["purges"]] as const)("what is not finished of %s stays", async (table) => {
  const id = `open_${table}`;
  await stack.db.execute(insertAged(table, id, 1_000));
  await stack.db.execute(
    sql`update ${sql.identifier(table)} set finished_at = null, state = 'running' where id = ${id}`,
  );
  await forceRound(stack.db);
  expect(await has(table, id)).toBe(true);
});

test("many rows go in small batches, all in one round", async () => {
  await stack.db.execute(sql`
    insert into user_events (event_id, partner_id, user_id, kind, created_at)
    select 'evt_many_' || n, ${partnerId}, ${userId}, 'user_connected', now() - interval '100 days'
    from generate_series(1, 2500) as n`);
  expect(await forceRound(stack.db)).toMatchObject({ user_events_deleted: 2_500 });
});
