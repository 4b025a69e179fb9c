import { afterAll, beforeAll, expect, test } from "vitest";
import type { Program } from "../../dev/processes/program.ts";
import { eventually } from "../harness/eventually.ts";
import { type Cluster, startCluster } from "../faults/cluster.ts";

const USERS = 3_000;
const TTL_MS = 3_000;

let cluster: Cluster;
const instances = new Map<string, Program>();
beforeAll(async () => {
  cluster = await startCluster(USERS, {
    HEARTBEAT_TTL: String(TTL_MS / 1_000),
    LOGIN_CONCURRENCY: "200",
  });
  for (const name of ["a", "b", "c"]) instances.set(name, await cluster.join(name));
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

test("three instances hold 3,000 users in shares within 10 % of even", async () => {
  for (const count of await cluster.untilShared(["a", "b", "c"])) {
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1_100);
  }
});

test("a drain leaves each user unwatched for less than 5 s, with one new login at most", async () => {
  cluster.watchfulness.reset();
  await instances.get("c")?.stop("SIGTERM");
  await cluster.untilShared(["a", "b"]);
  const logins = cluster.logins.map(cluster.watchfulness.logins);
  console.log(`drain: longest gap ${Math.round(cluster.watchfulness.longestGapMs())} ms`);
  expect(cluster.watchfulness.longestGapMs()).toBeLessThan(5_000);
  expect(Math.max(...logins)).toBe(1);
});

test("an instance that joins moves a third of the users and few more", async () => {
  cluster.watchfulness.reset();
  await instances.get("c")?.start();
  await cluster.untilShared(["a", "b", "c"]);
  const moved = cluster.logins.filter((login) => cluster.watchfulness.logins(login) > 0).length;
  console.log(
    `join: ${moved} moved, longest gap ${Math.round(cluster.watchfulness.longestGapMs())} ms`,
  );
  expect(moved).toBeLessThanOrEqual((1.2 * USERS) / 3);
});

test("the users of a killed instance are watched again within TTL + 15 s", async () => {
  const before = cluster.imap.connectionCount();
  await instances.get("b")?.stop("SIGKILL");
  const isNoticed = () => (cluster.imap.connectionCount() < before ? true : undefined);
  await eventually("the mail server to notice", isNoticed);
  const tookMs = await cluster.watchfulness.untilAllWatched(cluster.logins);
  console.log(`kill: all of ${USERS} watched again after ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(TTL_MS + 15_000);
});
