import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Database,
  type DatabaseOptions,
  type Db,
  findConstraint,
  findSqlState,
} from "../../db/client.ts";
import { prepared } from "../../db/prepared.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { type MutingProxy, startMutingProxy } from "../harness/network/muting-proxy.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

/** The parts of these tests that differ between the drivers for PostgreSQL. */
export interface TestedDriver {
  /** Opens the database: through the proxy `network` or, if it is undefined, directly. */
  open(
    address: DatabaseStack["address"],
    network: MutingProxy | undefined,
    options: Omit<DatabaseOptions, "url">,
  ): Database;
  /** Returns the server that the driver connects to, as host:port. */
  findServer(address: DatabaseStack["address"]): string;
}

const TIMEOUT_MS = 700;
const SILENT_MODES = [["mute"], ["swallow"]] as const;
const select1 = (db: Db) => db.execute(sql`select 1`);

/** Declares tests that every driver must pass: they check the guarantees of `DatabaseOptions`. */
export function testPoolGuarantees(driver: TestedDriver): void {
  let stack: DatabaseStack;
  beforeAll(async () => {
    stack = await startDatabaseStack();
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const openOne = (more: Partial<DatabaseOptions> = {}) =>
    driver.open(stack.address, undefined, { maxConnections: 1, ...more });

  const startNetwork = () => startMutingProxy(driver.findServer(stack.address));

  /** Opens the database through the proxy `network`. Records lost connections in `lost`. */
  function openBehind(network: MutingProxy, maxConnections: number) {
    const lost: Error[] = [];
    const onConnectionLost = (error: Error) => void lost.push(error);
    const options = { maxConnections, timeoutMs: TIMEOUT_MS, onConnectionLost };
    return { lost, ...driver.open(stack.address, network, options) };
  }

  test("a transaction that cannot begin releases its connection", async () => {
    await using database = openOne();
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
    await using database = openOne();
    const { db } = database;
    await db.execute(sql`create temporary table undone (n int)`);
    const failed = db.transaction(async (tx) => {
      await tx.execute(sql`insert into undone values (1)`);
      throw new Error("undo this");
    });
    await expect(failed).rejects.toThrow("undo this");
    expect((await db.execute(sql`select * from undone`)).rows).toEqual([]);
  });

  test("the code and the constraint of a refused query can be found", async () => {
    await using database = openOne();
    const { db } = database;
    await db.execute(sql`create temporary table pairs (n int constraint pairs_are_even unique)`);
    await db.execute(sql`insert into pairs values (2)`);
    const refused = await db
      .transaction((tx) => tx.execute(sql`insert into pairs values (2)`))
      .catch((error: unknown) => error);
    expect(findSqlState(refused)).toBe("23505");
    expect(findConstraint(refused)).toBe("pairs_are_even");
    // The pool keeps the connection of a refused query. So the temporary table still exists.
    expect((await db.execute(sql`select * from pairs`)).rows).toEqual([{ n: 2 }]);
  });

  test("a marked statement is prepared once per connection, and works again after it failed", async () => {
    await using database = openOne();
    const { db } = database;
    const divide = (by: number) => prepared("test_divide", sql`select 10 / ${by}::int as quotient`);
    await expect(db.execute(divide(0))).rejects.toMatchObject({ cause: { code: "22012" } });
    expect((await db.execute(divide(2))).rows).toEqual([{ quotient: 5 }]);
    await expect(db.transaction((tx) => tx.execute(divide(0)))).rejects.toThrow("Failed query");
    const { rows } = await db.transaction((tx) => tx.execute(divide(5)));
    expect(rows).toEqual([{ quotient: 2 }]);
    const { rows: names } = await db.execute(sql`select name from pg_prepared_statements`);
    expect(names).toEqual([{ name: "test_divide" }]);
  });

  test("a query that is not admitted fails with the reason, and a transaction, too", async () => {
    let isOpen = false;
    const admit = () => (isOpen ? Promise.resolve() : Promise.reject(new Error("no place")));
    await using database = openOne({ admit });
    const { db } = database;
    await expect(db.execute(sql`select 1`)).rejects.toMatchObject({
      cause: { message: "no place" },
    });
    await expect(db.transaction(select1)).rejects.toThrow("no place");
    isOpen = true;
    await expect(db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
  });

  test("a connection that is not accepted is not used", async () => {
    await using database = openOne();
    let refusals = 0;
    database.acceptBy(async (connection) => {
      const { rows } = await connection.query("select current_database() as name");
      expect(rows).toEqual([{ name: stack.context.database }]);
      refusals += 1;
      if (refusals < 3) throw new Error("not this one");
    });
    await expect(select1(database.db)).rejects.toMatchObject({
      cause: { message: "not this one" },
    });
    await expect(database.db.transaction(select1)).rejects.toThrow("not this one");
    await expect(select1(database.db)).resolves.toMatchObject({ rowCount: 1 });
    await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
    expect(refusals).toBe(3);
  });

  test("a transaction whose connection the server ends fails with the server's reason", async () => {
    await using database = openOne();
    const ended = await database.db
      .transaction((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`))
      .catch((error: unknown) => error);
    expect(findSqlState(ended)).toBe("57P01");
    await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
  });

  test("an idle connection that the server ends is reported, and replaced", async () => {
    const lost: Error[] = [];
    await using database = openOne({ onConnectionLost: (error) => void lost.push(error) });
    const { rows } = await database.db.execute<{ pid: number }>(
      sql`select pg_backend_pid() as pid`,
    );
    await stack.db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    await eventually("the report", () => lost[0]);
    await expect(select1(database.db)).resolves.toMatchObject({ rowCount: 1 });
    expect(lost).toHaveLength(1);
  });

  test.each(SILENT_MODES)(
    "queries at a database that is %s from the beginning fail, those that wait for a connection too",
    async (mode) => {
      await using network = await startNetwork();
      network.become(mode);
      await using database = openBehind(network, 2);
      const asked = Array.from({ length: 7 }, () => select1(database.db));
      const ends = await Promise.allSettled(asked);
      expect(ends.map(({ status }) => status)).toEqual(asked.map(() => "rejected"));
      await expect(database.db.transaction(select1)).rejects.toThrow("timeout");
      network.become("pass");
      await eventually("it to answer again", () => select1(database.db).catch(() => undefined));
    },
  );

  test.each(SILENT_MODES)(
    "a query at a database that becomes %s fails, and its connection is thrown away",
    async (mode) => {
      await using network = await startNetwork();
      await using database = openBehind(network, 1);
      await select1(database.db);
      network.become(mode);
      const [first, waiting] = [select1(database.db), select1(database.db)];
      await expect(first).rejects.toMatchObject({ cause: { message: "Query read timeout" } });
      await expect(waiting).rejects.toMatchObject({ cause: expect.any(Error) });
      network.become("pass");
      // The query uses a new connection, so it cannot receive the late answer on the old connection.
      const { rows } = await database.db.execute(sql`select 2 as n`);
      expect(rows).toEqual([{ n: 2 }]);
    },
  );

  test("a transaction without an answer fails after one deadline with the reason, and releases its place", async () => {
    await using network = await startNetwork();
    await using database = openBehind(network, 1);
    const startMs = performance.now();
    const failed = database.db.transaction(async (tx) => {
      await select1(tx);
      network.become("mute");
      await select1(tx);
    });
    await expect(failed).rejects.toThrow("Query read timeout");
    expect(performance.now() - startMs).toBeLessThan(2 * TIMEOUT_MS);
    network.become("pass");
    await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
  });

  test("a database that is slow, but within the deadline of each query, is only slow", async () => {
    await using network = await startNetwork();
    network.delayBy(20);
    await using database = openBehind(network, 1);
    await expect(database.db.transaction(select1)).resolves.toMatchObject({ rowCount: 1 });
    expect(database.lost).toEqual([]);
  });

  test("a statement that takes longer than the deadline ends with its connection", async () => {
    await using database = openOne({ timeoutMs: TIMEOUT_MS });
    await database.db.execute(sql`create temporary table of_the_first (n int)`);
    await expect(database.db.execute(sql`select pg_sleep(5)`)).rejects.toMatchObject({
      cause: { message: "Query read timeout" },
    });
    const { rows } = await database.db.execute(
      sql`select to_regclass('of_the_first') as found, 2 as n`,
    );
    expect(rows).toEqual([{ found: null, n: 2 }]);
  });

  test.each(SILENT_MODES)(
    "the end of a database that became %s waits for one deadline at most",
    async (mode) => {
      await using network = await startNetwork();
      const database = openBehind(network, 3);
      await Promise.all([1, 2, 3].map(() => select1(database.db)));
      const silent = Promise.withResolvers<void>();
      const unanswered = database.db
        .transaction(async (tx) => {
          await select1(tx);
          network.become(mode);
          silent.resolve();
          await select1(tx);
        })
        .catch((error: unknown) => error);
      await silent.promise;
      const startMs = performance.now();
      await database[Symbol.asyncDispose]();
      expect(await unanswered).toMatchObject({ message: "Query read timeout" });
      expect(performance.now() - startMs).toBeLessThan(2 * TIMEOUT_MS);
    },
  );
}
