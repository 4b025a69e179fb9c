import { readFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { listMigrations } from "../../db/migrate.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { startCluster } from "../faults/cluster.ts";
import { contractions } from "./contractions.ts";

/**
 * The first migration after the first deployment. Earlier migrations are not checked, because no
 * instance ran while they were applied.
 */
const FIRST_ROLLED = "0019";

const rolled = (await listMigrations()).filter(
  (name) => name > FIRST_ROLLED && !name.endsWith("-contract.sql"),
);

test.each(rolled)("%s only adds", async (name) => {
  const text = await readFile(inCheckout("db", "migrations", name), "utf8");
  expect(contractions(text)).toEqual([]);
});

test.each([
  ["alter table users drop column tag", "drops what is in use"],
  ["drop table seen", "drops what is in use"],
  ["alter table users rename column tag to name", "renames what is in use"],
  ["alter table users alter column tag type varchar(9)", "changes a type"],
  ["alter table users alter column tag set data type text", "changes a type"],
  ["alter table users alter column email set not null", "wants a value that is not written"],
  ["alter table users add column shoe_size int not null", "wants a value that is not written"],
  [
    "alter table users add column a int default 1, add column b int not null",
    "wants a value that is not written",
  ],
  ["alter table users add constraint short check (length(tag) < 9)", "refuses what is written"],
  ["create unique index on users (email)", "refuses what is written"],
  ["create unique index u on users (email, tag)", "refuses what is written"],
  ["truncate seen", "empties what is in use"],
])("%s does not count as an addition", (statement, fault) => {
  const found = contractions(`-- Why.\n${statement};\n`);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(fault);
});

test.each([
  "alter table users add column shoe_size int",
  "alter table users add column shoe_size int not null default 42",
  "alter table users add column a int, add column b text not null default 'x'",
  "create table shoes (size int not null); create unique index on shoes (size)",
  "create index on users (email)",
  "alter table users drop constraint short",
  "alter table users\n  add column a text,\n  add column b text\n;\ncreate unique index u on users (a, b)",
  "-- drop table users;\nselect 1",
  "create or replace function f() returns void language plpgsql as $$ begin drop table x; end $$",
])("%s is an addition", (statement) => {
  expect(contractions(statement)).toEqual([]);
});

test("instances continue while a migration adds to every table that they use, and new ones join", async () => {
  // With 16 users, the chance that an instance gets none of them is about 1 in 30,000.
  await using cluster = await startCluster(16);
  await cluster.join("before");
  await cluster.untilShared(["before"]);
  cluster.ledger.send(20);
  const { rows } = await cluster.db.execute<{ name: string }>(sql`
    select c.relname as name from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`);
  expect(rows.length).toBeGreaterThan(20);
  for (const { name } of rows) {
    const table = sql.identifier(name);
    await cluster.db.execute(sql`
      alter table ${table} add column added_later text, add column counted_later integer not null default 0`);
    await cluster.db.execute(sql`create index on ${table} (counted_later)`);
  }
  cluster.ledger.send(20);
  await cluster.join("after");
  await cluster.untilShared(["before", "after"]);
  cluster.ledger.send(20);
  expect(await cluster.ledger.settle()).toMatchObject({ sent: 60 });
  expect(await cluster.logged("process.fault")).toEqual([]);
});
