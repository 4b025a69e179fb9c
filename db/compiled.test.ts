import { and, eq, gt, sql } from "drizzle-orm";
import { NodePgDatabase, NodePgSession } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import type { Db } from "./client.ts";
import { compiled } from "./compiled.ts";
import { lookup } from "./lookup.ts";
import { partnerConnections } from "./partners/tables.ts";
import { allRows, firstRow, noRows, type Query, type Ref } from "./query.ts";
import { users } from "./users/tables.ts";

const at = new Date("2026-01-02T03:04:05.000Z");
const idOf = lookup<[tag: string], string>((tag) => sql`(select id from users where tag = ${tag})`);
const partnerIdOf = lookup<[user: Ref, isBig: boolean], string>(
  (user, isBig) => sql`(select ${sql.raw(isBig ? "max" : "min")}(id) from p where u = ${user})`,
);

/** A database that notes what it is asked to run, and answers with these rows. */
function noteStatements(rows: unknown[] = []) {
  const statements: unknown[] = [];
  const query = async ({ text }: { text: string }, values: unknown[]) => {
    statements.push([text, values]);
    return { rows };
  };
  const dialect = new PgDialect();
  const session = new NodePgSession({ query } as never, dialect, undefined);
  const db: Db = new NodePgDatabase(dialect, session, undefined);
  return { db, statements };
}

/** Runs a query as it is built, and compiled, and returns what both have sent. */
async function sendBoth(
  build: (db: Db, ...args: never) => Query<unknown>,
  args: readonly unknown[],
) {
  const direct = noteStatements();
  await build(direct.db, ...(args as never));
  const filled = noteStatements();
  const fast: (db: Db, ...args: readonly unknown[]) => Query<unknown> = compiled(build as never);
  await fast(filled.db, ...args);
  await fast(filled.db, ...args);
  const [first, second] = filled.statements;
  expect(second).toEqual(first);
  return { direct: direct.statements[0], compiled: first };
}

interface Filter {
  tag?: string | undefined;
  after?: string | undefined;
  isArchived?: boolean;
}
const list = (db: Db, connection: Ref, { tag, after, isArchived }: Filter, limit: number) =>
  allRows(
    db
      .select({ id: users.id, at: users.createdAt })
      .from(users)
      .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
      .where(
        and(
          eq(users.connectionId, connection),
          tag === undefined ? undefined : eq(users.tag, tag),
          after === undefined ? undefined : gt(users.id, after),
          isArchived ? sql`archived_at is not null` : undefined,
        ),
      )
      .limit(limit),
  );
const insert = (db: Db, row: typeof users.$inferInsert) => noRows(db.insert(users).values(row));
const raw = (db: Db, id: string, value: Ref) =>
  noRows(db.execute(sql`select ${id}, ${value}, ${id}`));

test.each([
  ["values", list, ["c1", {}, 10]],
  ["fields", list, ["c1", { tag: "a", after: undefined, isArchived: true }, 10]],
  ["a lookup", list, [idOf("t"), { after: "u" }, 1]],
  ["a lookup in a lookup", list, [partnerIdOf(idOf("t"), true), {}, 1]],
  ["a lookup with a boolean", list, [partnerIdOf("u", false), {}, 1]],
  ["SQL, which is built each time", list, [sql`(select 7)`, { tag: "b" }, 1]],
  [
    "a row with null, a date and an omitted column",
    insert,
    [
      {
        id: "usr_1",
        connectionId: "c",
        tag: "t",
        email: null,
        connectedAt: at,
        createdAt: undefined,
      },
    ],
  ],
  ["a statement in SQL", raw, ["a", idOf("b")]],
] as const)("a compiled query sends the same as a built one: %s", async (_name, build, args) => {
  const sent = await sendBoth(build, args);
  expect(sent.compiled).toEqual(sent.direct);
});

test("a query is built once for each shape of its arguments, and answers are read each time", async () => {
  let builds = 0;
  const find = compiled<[tag: string | undefined], { at: Date } | undefined>((db, tag) => {
    builds++;
    return firstRow(
      db
        .select({ at: users.createdAt })
        .from(users)
        .where(tag === undefined ? undefined : eq(users.tag, tag)),
    );
  });
  const { db, statements } = noteStatements([["2026-01-02 03:04:05+00"]]);
  for (const tag of ["a", "b", "c"]) expect(await find(db, tag)).toEqual({ at });
  expect(builds).toBe(1);
  await find(db, undefined);
  expect(builds).toBe(2);
  expect(statements).toEqual([
    [expect.any(String), ["a"]],
    [expect.any(String), ["b"]],
    [expect.any(String), ["c"]],
    [expect.any(String), []],
  ]);
});
