import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchGroups } from "../../db/batch-groups.ts";
import type { Db } from "../../db/client.ts";
import { isRowMissing, readServerTime, requireCount, requireRow } from "../../db/conditions.ts";
import { openNeonHttpDatabase } from "../../db/drivers/neon-http-database.ts";
import { query } from "../../db/query.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
  await stack.db.execute(sql`create table ledger (n integer primary key)`);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

type Address = DatabaseStack["address"];
const DRIVERS = {
  TCP: ({ url }: Address) => openTcpDatabase({ url, maxConnections: 2 }),
  HTTP: ({ url, proxy }: Address) => openNeonHttpDatabase({ url, proxy, maxConnections: 1 }),
};

const add = (db: Db, n: number) =>
  query(db.execute(sql`insert into ledger values (${n})`), ({ rowCount }) => rowCount);
const list = async () => {
  const { rows } = await stack.db.execute<{ n: number }>(sql`select n from ledger order by n`);
  return rows.map(({ n }) => n);
};

describe.each(Object.entries(DRIVERS))("a batch over %s", (_name, open) => {
  test("gives each query its answer, and writes all or nothing", async () => {
    await stack.db.execute(sql`delete from ledger`);
    await using database = open(stack.address);
    const { db } = database;
    const [one, now, two] = await db.batch((tx) => [add(tx, 1), readServerTime(tx), add(tx, 2)]);
    expect([one, two]).toEqual([1, 1]);
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(60_000);
    expect(await list()).toEqual([1, 2]);
    await expect(db.batch((tx) => [add(tx, 3), add(tx, 1)])).rejects.toSatisfy(
      (error) => !isRowMissing(error),
    );
    expect(await list()).toEqual([1, 2]);
    expect(await db.batch(() => [])).toEqual([]);
  });

  test("writes nothing when a row that it requires is not there", async () => {
    await stack.db.execute(sql`delete from ledger`);
    await using database = open(stack.address);
    const { db } = database;
    const isOne = sql`select 1 from ledger where n = 1 for update`;
    const addIf = db.batch((tx) => [add(tx, 5), requireRow(tx, isOne)]);
    await expect(addIf).rejects.toSatisfy(isRowMissing);
    expect(await list()).toEqual([]);
    await db.batch((tx) => [add(tx, 1), requireRow(tx, isOne)]);
    const raise = sql`(update ledger set n = n + 10 returning n)`;
    await expect(db.batch((tx) => [requireCount(tx, raise, 2)])).rejects.toSatisfy(isRowMissing);
    await db.batch((tx) => [requireCount(tx, raise, 1)]);
    expect(await list()).toEqual([11]);
  });

  test("in groups reads the answers of a group only when they are asked for", async () => {
    await using database = open(stack.address);
    const failing = () => {
      throw new Error("Read too early");
    };
    const groups = await batchGroups(database.db, (tx) => ({
      first: [readServerTime(tx)],
      none: [],
      second: [query(tx.execute(sql`select 1`), failing)],
    }));
    expect(groups.first()).toEqual([expect.any(Date)]);
    expect(groups.none()).toEqual([]);
    expect(() => groups.second()).toThrow("Read too early");
  });

  test("a transaction beside batches is rolled back when it throws", async () => {
    await stack.db.execute(sql`delete from ledger`);
    await using database = open(stack.address);
    const { db } = database;
    const failing = db.transaction(async (tx) => {
      await add(tx, 7);
      throw new Error("Undone");
    });
    await expect(failing).rejects.toThrow("Undone");
    expect(await list()).toEqual([]);
  });
});
