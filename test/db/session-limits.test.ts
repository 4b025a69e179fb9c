import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Db, findSqlState } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const readLimit = async (db: Db, name: string) => {
  const { rows } = await db.execute<{ limit: string }>(
    sql`select current_setting(${name}) as limit`,
  );
  return rows[0]?.limit;
};

test("sessions after a migration have the limits, and manually set limits stay", async () => {
  const { database } = stack.context;
  await stack.db.execute(
    sql.raw(`alter role current_user in database ${database} set statement_timeout = '7s'`),
  );
  await migrate(stack.address);
  await using opened = openTcpDatabase({ ...stack.address, maxConnections: 1 });
  expect(await readLimit(opened.db, "statement_timeout")).toBe("7s");
  expect(await readLimit(opened.db, "idle_in_transaction_session_timeout")).toBe("1min");
});

test("the server ends a statement that takes too long, with an error", async () => {
  await using opened = openTcpDatabase({ ...stack.address, maxConnections: 1 });
  await opened.db.execute(sql`set statement_timeout = '50ms'`);
  const slow = opened.db.execute(sql`select pg_sleep(20)`).catch(findSqlState);
  expect(await slow).toBe("57014");
});
