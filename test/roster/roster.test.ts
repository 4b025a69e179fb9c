import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { newId } from "../../shared/ids.ts";
import { systemClock } from "../../shared/clock.ts";
import { createAssignment, type Holder, type WatchedUser } from "../../fleet/roster/assignment.ts";
import { aboutInstance } from "../../fleet/roster/about-instance.ts";
import { handOver } from "../../fleet/roster/hand-over.ts";
import { Roster } from "../../fleet/roster/roster.ts";
import { createUserFeed } from "../../fleet/roster/user-feed.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const SECOND_MS = 1_000;

/**
 * Starts an instance with a roster and an assignment. It has no sessions: a map contains the users
 * that it would watch.
 */
function startInstance(instanceId: string) {
  const { bus, db, log } = stack;
  const held = new Map<string, WatchedUser>();
  const holder: Holder = {
    has: (userId) => held.has(userId),
    userIds: () => [...held.keys()],
    watch: (user) => void held.set(user.userId, user),
    release: (userId) => void held.delete(userId),
  };
  const roster = new Roster(
    { bus, db, clock: systemClock, log },
    { instanceId, intervalMs: 200, ttlMs: SECOND_MS, restartGraceMs: 0 },
  );
  const assignment = createAssignment(
    { db, clock: systemClock, log, feed: createUserFeed(db), holder, roster },
    { instanceId, intervalMs: 200, claimDelayMs: 100 },
    () => {},
  );
  const stop = new AbortController();
  const own = () => ({
    role: "imap" as const,
    capacity: 1_000,
    users_held: held.size,
    ...aboutInstance(bus, "fra"),
  });
  const running = Promise.all([roster.run(own, stop.signal), assignment.run(stop.signal)]);
  return {
    held,
    roster,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

async function addUsers(count: number) {
  const { id: partnerId } = await stack.newPartner();
  const connectionId = newId("con");
  await stack.db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')`,
  );
  const ids = Array.from({ length: count }, () => newId("usr"));
  for (const id of ids) {
    await stack.db.execute(sql`
      insert into users (id, connection_id, tag, login_username, sealed_login_password)
      values (${id}, ${connectionId}, ${id}, 'u', 'sealed')`);
  }
  return { ids, connectionId };
}

test("instances divide the users, one owner each, and take over from one that stops", async () => {
  const { ids } = await addUsers(60);
  await using a = startInstance("a");
  const b = startInstance("b");
  const owners = (id: string) => [a, b].filter(({ held }) => held.has(id)).length;
  await eventually("both to hold their share", () =>
    a.held.size > 0 && b.held.size > 0 && ids.every((id) => owners(id) === 1) ? true : undefined,
  );
  expect(a.roster.live().map(({ instanceId }) => instanceId)).toEqual(["a", "b"]);
  await b[Symbol.asyncDispose]();
  await eventually("a to hold all", () => (ids.every((id) => a.held.has(id)) ? true : undefined));
});

test("an instance applies changes, and releases archived and removed users", async () => {
  await using instance = startInstance("solo");
  const { ids, connectionId } = await addUsers(3);
  const [first = "", second = "", third = ""] = ids;
  await eventually("all to be held", () =>
    ids.every((id) => instance.held.has(id)) ? true : undefined,
  );

  await stack.db.execute(sql`update users set tag = 'renamed' where id = ${first}`);
  await eventually("the new tag", () =>
    instance.held.get(first)?.tag === "renamed" ? true : undefined,
  );

  await stack.db.execute(sql`update users set archived_at = now() where id = ${second}`);
  await eventually("the archived one to go", () => (instance.held.has(second) ? undefined : true));
  expect(instance.held.has(third)).toBe(true);

  await stack.db.execute(
    sql`update users set archived_at = null, restored_at = now() where id = ${second}`,
  );
  await eventually("the restored one", () => (instance.held.has(second) ? true : undefined));

  await stack.db.execute(sql`delete from partner_connections where id = ${connectionId}`);
  await eventually("all to go", () => (ids.some((id) => instance.held.has(id)) ? undefined : true));
});

test("a user whose new owner logs in while we still say that we leave is handed over", async () => {
  const { ids } = await addUsers(2);
  const [quick = "", slow = ""] = ids;
  const held = new Set(ids);
  const logIn = async (id: string) => {
    await stack.db.execute(sql`update users set last_login_at = now() where id = ${id}`);
  };
  const holder: Holder = {
    has: (userId) => held.has(userId),
    userIds: () => [...held],
    watch: () => {},
    release(userId) {
      held.delete(userId);
      if (userId === quick) void logIn(slow);
    },
  };
  const leave = async () => {
    await logIn(quick);
    return true;
  };
  await handOver({ ...stack, clock: systemClock, holder }, leave, 5_000);
  expect([...held]).toEqual([]);
});

test("a user whose transaction commits late is not missed", async () => {
  const { connectionId } = await addUsers(1);
  const feed = createUserFeed(stack.db);
  const late = newId("usr");
  const early = newId("usr");
  await feed.refresh();
  await stack.db.transaction(async (tx) => {
    await tx.execute(sql`insert into users (id, connection_id, tag, login_username, sealed_login_password)
      values (${late}, ${connectionId}, 'late', 'u', 'sealed')`);
    await stack.db
      .execute(sql`insert into users (id, connection_id, tag, login_username, sealed_login_password)
      values (${early}, ${connectionId}, 'early', 'u', 'sealed')`);
    expect(await feed.refresh()).toEqual([early]);
  });
  expect(await feed.refresh()).toEqual([late]);
  expect(await feed.refresh()).toEqual([]);
});

test("heartbeats are copied to Postgres for display, with details of the instance and its server", async () => {
  await using _instance = startInstance("mirrored");
  const mirrored = await eventually("the row", async () => {
    const { rows } = await stack.db.execute(
      sql`select state, region, version, nats_version from fleet_instances where id = 'mirrored'`,
    );
    return rows[0];
  });
  expect(mirrored).toEqual({
    ...{ state: "up", region: "fra", version: manifest.version },
    nats_version: stack.bus.connection.info?.version,
  });
});
