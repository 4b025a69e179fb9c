import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { type Db, findSqlState } from "./client.ts";
import { limitSessions } from "./drivers/session-limits.ts";
import { openTcpDatabase, type TcpDatabaseOptions } from "./drivers/tcp-database.ts";
import { keepTimeline } from "./timeline.ts";

const FOLDER = new URL("./migrations/", import.meta.url);
/**
 * The key of the advisory lock that lets only one process migrate at a time. Any fixed number
 * works.
 */
const LOCK = 7_146_219;
/**
 * How long a statement of a migration waits for a lock, for example while a long query holds it.
 * Meanwhile, all later statements on the same table wait, too, but not longer than this.
 */
const LOCK_TIMEOUT_MS = 2_000;
const LOCK_NOT_AVAILABLE = "55P03";
const MAX_PAUSE_MS = 10_000;
/** How many times a migration is tried. With the pauses, the tries take about ten minutes. */
const MAX_TRIES = 60;
/** The migration that enables a database to detect that it was restored. */
const TIMELINE = "0036-timeline.sql";
/**
 * How long a statement may take. An index on a large table takes minutes to build; the limit is for
 * a server that never answers.
 */
const TIMEOUT_MS = 3_600_000;

/** Lists the names of all migrations, in order. */
export async function listMigrations(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => name.endsWith(".sql")).toSorted();
}

/** Lists the migrations that have run in a database; empty when none has ever run. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows: tables } = await db.execute(
    sql`select 1 from pg_tables where schemaname = 'public' and tablename = 'schema_migrations'`,
  );
  if (tables.length === 0) return [];
  const { rows } = await db.execute<{ name: string }>(
    sql`select name from schema_migrations order by name collate "C"`,
  );
  return rows.map(({ name }) => name);
}

/**
 * Runs the migrations that have not run yet, in the order of their names, each in its own
 * transaction. Several processes may call it at the same time. When a lock is not free, the call
 * waits and tries again.
 *
 * @param wanted The names of the migrations to run. Undefined means all.
 * @returns The names of the migrations that this call ran.
 */
export async function migrate(
  options: Pick<TcpDatabaseOptions, "url" | "caFile">,
  wanted?: readonly string[],
): Promise<string[]> {
  await using database = openTcpDatabase({ ...options, maxConnections: 1, timeoutMs: TIMEOUT_MS });
  const all = await listMigrations();
  const files = wanted === undefined ? all : all.filter((name) => wanted.includes(name));
  await database.db.execute(
    sql`create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())`,
  );
  const applied: string[] = [];
  for (const name of files) {
    const text = await readFile(new URL(name, FOLDER), "utf8");
    await patiently(database.db, async (tx) => {
      const { rowCount } = await tx.execute(
        sql`insert into schema_migrations (name) values (${name}) on conflict do nothing`,
      );
      if (rowCount === 0) return;
      await tx.execute(sql.raw(text));
      applied.push(name);
    });
  }
  await patiently(database.db, limitSessions);
  if ((await appliedMigrations(database.db)).includes(TIMELINE)) {
    // keepTimeline() must run before anything writes into a restored database.
    await patiently(database.db, keepTimeline);
  }
  return applied;
}

/**
 * Runs `work` in a transaction. Tries again when another session holds a lock that `work` needs.
 * During the pauses, statements that `work` has blocked can run.
 */
async function patiently<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await alone(db, work);
    } catch (error) {
      if (findSqlState(error) !== LOCK_NOT_AVAILABLE || tries === MAX_TRIES) throw error;
    }
    await delay(Math.min(tries * 1_000, MAX_PAUSE_MS));
  }
}

/**
 * Runs `work` in a transaction that excludes other migrating processes. The timeouts that
 * `limitSessions()` sets do not apply in it.
 */
const alone = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`set local statement_timeout = 0`);
    await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`);
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    await tx.execute(sql.raw(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`));
    return await work(tx);
  });
