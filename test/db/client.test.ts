import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../db/client.ts";
import type { DatabaseStack } from "../harness/database-stack.ts";
import { startDatabaseStack } from "../harness/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a transaction that cannot begin gives its connection back", async () => {
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

test("a transaction that fails is undone, and gives its connection back", async () => {
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
