import { getTableColumns, getTableName, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../db/migrate.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { dumpSchema } from "../../db/dump-schema.ts";
import { ALL_TABLES } from "./all-tables.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("the migrations create the schema of the golden file", async () => {
  await expect(await dumpSchema(stack.db)).toMatchFileSnapshot("../golden/schema.txt");
});

test("the migrations run once, however often they are called", async () => {
  expect(await Promise.all([migrate(stack.address), migrate(stack.address)])).toEqual([[], []]);
});

test.each(ALL_TABLES.map((table) => [getTableName(table), table] as const))(
  "the columns of %s in code are those in the database",
  async (name, table) => {
    const { rows } = await stack.db.execute<{
      column: string;
      type: string;
      required: boolean;
    }>(sql`
      select attname as column, format_type(atttypid, atttypmod) as type, attnotnull as required
      from pg_attribute where attrelid = ${name}::regclass and attnum > 0 and not attisdropped`);
    const inCode = Object.values(getTableColumns(table)).map((column) => ({
      column: column.name,
      type: column.getSQLType(),
      required: column.notNull,
    }));
    expect(inCode.map(normalize)).toEqual(expect.arrayContaining(rows.map(normalize)));
    expect(inCode).toHaveLength(rows.length);
  },
);

const normalize = ({
  column,
  type,
  required,
}: {
  column: string;
  type: string;
  required: boolean;
}) =>
  `${column} ${type.replace("timestamp(3) with time zone", "timestamp with time zone")} ${required ? "required" : ""}`;

test("a user's change_seq changes only with fields that the fleet uses", async () => {
  const { db } = stack;
  const { id: partnerId } = await stack.newPartner();
  await db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values ('con_1', ${partnerId}, 'prv_plain')`,
  );
  await db.execute(
    sql`insert into users (id, connection_id, tag) values ('usr_1', 'con_1', 'one')`,
  );
  const seq = async () => {
    const { rows } = await db.execute<{ seq: string }>(
      sql`select change_seq as seq from users where id = 'usr_1'`,
    );
    return Number(rows[0]?.seq);
  };
  const first = await seq();
  await db.execute(
    sql`update users set state = 'watching', last_login_at = now() where id = 'usr_1'`,
  );
  expect(await seq()).toBe(first);
  await db.execute(sql`update users set tag = 'two' where id = 'usr_1'`);
  expect(await seq()).toBeGreaterThan(first);
  await db.execute(sql`delete from partner_connections where id = 'con_1'`);
  const { rows } = await db.execute(sql`select user_id from removed_users where user_id = 'usr_1'`);
  expect(rows).toHaveLength(1);
});
