import { sql } from "drizzle-orm";
import { beforeEach, afterEach, expect, test } from "vitest";
import type { Db } from "../../db/client.ts";
import { type LogPosition, readEventLog } from "../../db/mail/event-log.ts";
import { listMigrations, migrate } from "../../db/migrate.ts";
import { enqueueEvent } from "../../db/mail/outbox.ts";
import { beginTimeline, keepTimeline } from "../../db/timeline.ts";
import { readUserChanges } from "../../db/users/watched-users.ts";
import type { StackContext } from "../../dev/stack/stack-context.ts";
import { newId } from "../../shared/ids.ts";
import {
  type DatabaseStack,
  openDatabaseStack,
  startDatabaseServers,
} from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
let user: { partnerId: string; userId: string };
beforeEach(async () => {
  stack = await startDatabaseStack();
  await migrate(stack.address);
  user = await newUser();
});
afterEach(() => stack?.[Symbol.asyncDispose]());

async function newUser() {
  const partnerId = newId("prt");
  // Uses only columns that the old schema has, too.
  await stack.db.execute(
    sql`insert into partners (id, name, sealed_webhook_secret) values (${partnerId}, 'Test', 'sealed')`,
  );
  const [connectionId, userId] = [newId("con"), newId("usr")];
  await stack.db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')`,
  );
  await stack.db.execute(
    sql`insert into users (id, connection_id, tag) values (${userId}, ${connectionId}, 'X')`,
  );
  return { partnerId, userId };
}

async function enqueue(db: Db = stack.db): Promise<string> {
  const id = newId("evt");
  await enqueueEvent(db, {
    id,
    kind: "user_disconnected",
    partner_id: user.partnerId,
    user_id: user.userId,
    user_tag: "X",
    imap_provider_code: "PLAIN",
    created_at_ms: 0,
    sha1: "",
  });
  return id;
}

/**
 * Waits for at least `count` events after a position, and returns their positions. An internal
 * transaction of PostgreSQL may hide new events for a moment.
 */
const readFrom = (after: LogPosition | undefined, count: number) =>
  eventually(`${count} events`, async () => {
    const page = { partnerId: user.partnerId, after, kind: undefined, limit: 100 };
    const events = await readEventLog(stack.db, page);
    return events.length < count ? undefined : events.map(({ position }) => position);
  });
const pickEventIds = (positions: readonly LogPosition[]) => positions.map(({ eventId }) => eventId);

/**
 * Simulates that a dump was restored on a new PostgreSQL server (a new cluster): the stored
 * transaction ids become a billion higher than those of this server.
 */
async function moveToNewCluster() {
  for (const table of ["mail_logs", "user_events", "users", "removed_users"]) {
    await stack.db.execute(
      sql`update ${sql.identifier(table)} set change_seq = change_seq + 1000000000`,
    );
  }
  await stack.db.execute(sql`
    update change_timeline set system_identifier = '1', seen_seq = seen_seq + 1000000000`);
}

test("no timeline begins without a restore", async () => {
  expect(await keepTimeline(stack.db)).toBe(false);
  expect((await enqueue()).length).toBeGreaterThan(0);
  expect(await keepTimeline(stack.db)).toBe(false);
});

test("after a restore into another cluster a partner sees all events and continues from its cursor", async () => {
  const old = [await enqueue(), await enqueue()];
  await readFrom(undefined, 2);
  await moveToNewCluster();
  await migrate(stack.address);
  expect(await keepTimeline(stack.db)).toBe(false);
  const positions = await readFrom(undefined, 2);
  expect(pickEventIds(positions)).toEqual(old);
  const added = [await enqueue(), await enqueue()];
  expect(pickEventIds(await readFrom(positions.at(-1), 2))).toEqual(added);
  expect(pickEventIds(await readFrom(undefined, 4))).toEqual([...old, ...added]);
});

test("after a new timeline began, a cursor from the undone period still works", async () => {
  const [first] = [await enqueue()];
  // The position of an event that a partner had read before the restore removed it.
  const undone = { changeSeq: "987654321", eventId: newId("evt") };
  await beginTimeline(stack.db);
  const added = await enqueue();
  expect(pickEventIds(await readFrom(undone, 1))).toEqual([added]);
  expect(pickEventIds(await readFrom(undefined, 2))).toEqual([first, added]);
});

test("a reader from before a restore sees users that change after it", async () => {
  const { next } = await readUserChanges(stack.db, 0);
  await moveToNewCluster();
  await migrate(stack.address);
  await stack.db.execute(sql`update users set tag = 'Y' where id = ${user.userId}`);
  const { changes } = await readUserChanges(stack.db, next + 1_000_000_000);
  expect(changes.map(({ userId }) => userId)).toEqual([user.userId]);
});

test("a timeline begins after all writers of the old one have ended, and later writers use the new one", async () => {
  const begun = Promise.withResolvers<string>();
  const release = Promise.withResolvers<void>();
  const slow = stack.db.transaction(async (tx) => {
    begun.resolve(await enqueue(tx));
    await release.promise;
  });
  const early = await begun.promise;
  const beginning = beginTimeline(stack.db);
  await eventually("it to wait", async () => {
    const { rows } = await stack.db.execute(
      sql`select 1 from pg_locks where not granted and mode = 'AccessExclusiveLock'`,
    );
    return rows.length > 0 ? true : undefined;
  });
  const writing = enqueue();
  release.resolve();
  await Promise.all([slow, beginning]);
  const late = await writing;
  const positions = await readFrom(undefined, 2);
  expect(pickEventIds(positions)).toEqual([early, late]);
  expect(Number(positions[1]?.changeSeq) - Number(positions[0]?.changeSeq)).toBeGreaterThan(
    2 ** 40,
  );
});

test("several processes that detect a restore at the same time begin one timeline", async () => {
  await moveToNewCluster();
  const began = await Promise.all(Array.from({ length: 6 }, () => keepTimeline(stack.db)));
  expect(began.filter(Boolean)).toHaveLength(1);
});

/**
 * Creates a database with an old schema, without the table `change_timeline`. Assigns it to
 * `stack`, which the other helpers of this file use.
 */
async function openOld(context: StackContext): Promise<DatabaseStack> {
  const old = openDatabaseStack(context);
  const before = (await listMigrations()).filter((name) => name < "0036");
  await migrate(old.address, before);
  const { [Symbol.asyncDispose]: dispose } = stack;
  stack = { ...old, [Symbol.asyncDispose]: dispose };
  return old;
}

test("a dump from before timelines is restored and migrated: its events are shown, and new ones come after them", async () => {
  await using servers = await startDatabaseServers();
  await using old = await openOld(servers.context);
  user = await newUser();
  const first = newId("evt");
  await old.db.execute(sql`
    insert into user_events (event_id, partner_id, user_id, kind, change_seq)
    values (${first}, ${user.partnerId}, ${user.userId}, 'user_disconnected', 5000000000)`);
  await migrate(old.address);
  const positions = await readFrom(undefined, 1);
  const added = await enqueue();
  expect(pickEventIds(await readFrom(positions.at(-1), 1))).toEqual([added]);
});

test("a migration that waits for a long reader does not block others", async () => {
  await using servers = await startDatabaseServers();
  await using old = await openOld(servers.context);
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const reading = old.db.transaction(async (tx) => {
    await tx.execute(sql`lock table user_events in access share mode`);
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const migrating = migrate(old.address);
  await eventually("it to wait", async () => {
    const { rows } = await old.db.execute(sql`select 1 from pg_locks where not granted`);
    return rows.length > 0 ? true : undefined;
  });
  // This query waits behind the migration's lock request, until the migration cancels the request.
  await old.db.execute(sql`select count(*) from user_events`);
  release.resolve();
  await reading;
  expect(await migrating).toContain("0036-timeline.sql");
});
