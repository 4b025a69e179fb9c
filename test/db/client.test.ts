import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, openDatabase } from "../../db/client.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { type MutingProxy, startMutingProxy } from "../harness/network/muting-proxy.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a transaction that cannot begin releases its connection", async () => {
  await using database = openDatabase({ ...stack.address, maxConnections: 1 });
  const { db } = database;
  const begun = db.transaction(async () => 1, {
    isolationLevel: "no such level" as "serializable",
  });
  await expect(begun).rejects.toThrow("Failed query");
  await expect(
    db.transaction(async (tx) => (await tx.execute(sql`select 1`)).rowCount),
  ).resolves.toBe(1);
});

test("a failed transaction is rolled back, and releases its connection", async () => {
  await using database = openDatabase({ ...stack.address, maxConnections: 1 });
  const { db } = database;
  await db.execute(sql`create temporary table undone (n int)`);
  const failed = db.transaction(async (tx) => {
    await tx.execute(sql`insert into undone values (1)`);
    throw new Error("undo this");
  });
  await expect(failed).rejects.toThrow("undo this");
  expect((await db.execute(sql`select * from undone`)).rows).toEqual([]);
});

const TIMEOUT_MS = 700;
const select1 = (db: Db) => db.execute(sql`select 1`);

/** Opens the database through `proxy`. `lost` lists the errors of lost connections. */
async function openBehind(proxy: MutingProxy, maxConnections: number) {
  const lost: Error[] = [];
  const address = { url: stack.address.url, proxy: proxy.address };
  const onConnectionLost = (error: Error) => void lost.push(error);
  const options = { ...address, maxConnections, timeoutMs: TIMEOUT_MS, onConnectionLost };
  return { lost, ...openDatabase(options) };
}

const SILENT_MODES = [["mute"], ["swallow"]] as const;

test.each(SILENT_MODES)(
  "queries at a database that is %s from the beginning fail, those that wait for a connection too",
  async (mode) => {
    await using proxy = await startMutingProxy(stack.address.proxy);
    proxy.become(mode);
    await using database = await openBehind(proxy, 2);
    const asked = Array.from({ length: 7 }, () => select1(database.db));
    const ends = await Promise.allSettled(asked);
    expect(ends.map(({ status }) => status)).toEqual(asked.map(() => "rejected"));
    await expect(database.db.transaction(select1)).rejects.toThrow("timeout");
    proxy.become("pass");
    await eventually("it to answer again", () => select1(database.db).catch(() => undefined));
  },
);

test.each(SILENT_MODES)(
  "a query at a database that becomes %s fails, and its connection is thrown away",
  async (mode) => {
    await using proxy = await startMutingProxy(stack.address.proxy);
    await using database = await openBehind(proxy, 1);
    await select1(database.db);
    proxy.become(mode);
    const [first, waiting] = [select1(database.db), select1(database.db)];
    await expect(first).rejects.toMatchObject({ cause: { message: "Query read timeout" } });
    await expect(waiting).rejects.toMatchObject({ cause: expect.any(Error) });
    proxy.become("pass");
    // This query uses a new connection. A late answer on the old connection cannot reach it.
    const { rows } = await database.db.execute(sql`select 2 as n`);
    expect(rows).toEqual([{ n: 2 }]);
  },
);

test("a transaction without an answer fails after one deadline with the reason, and releases its place", async () => {
  await using proxy = await startMutingProxy(stack.address.proxy);
  await using database = await openBehind(proxy, 1);
  const startMs = performance.now();
  const failed = database.db.transaction(async (tx) => {
    await select1(tx);
    proxy.become("mute");
    await select1(tx);
  });
  await expect(failed).rejects.toThrow("Query read timeout");
  expect(performance.now() - startMs).toBeLessThan(2 * TIMEOUT_MS);
  proxy.become("pass");
  await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
});

test("a database that is slow, but within the deadline of each query, is only slow", async () => {
  await using proxy = await startMutingProxy(stack.address.proxy);
  proxy.delayBy(20);
  await using database = await openBehind(proxy, 1);
  await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
  expect(database.lost).toEqual([]);
});
