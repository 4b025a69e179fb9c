import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { claimPort } from "../../dev/processes/free-port.ts";
import { eventually } from "../harness/eventually.ts";
import { freeze } from "../harness/freeze.ts";
import {
  type MutingProxy,
  startMutingProxy,
  throughProxy,
} from "../harness/network/muting-proxy.ts";
import { type Cluster, SHORTENED, startCluster } from "./cluster.ts";

const USERS = 24;
const TTL_MS = Number(SHORTENED.HEARTBEAT_TTL) * 1_000;

let cluster: Cluster;
afterEach(() => cluster?.[Symbol.asyncDispose]());

const hasLogged = (event: string, times: number) => async () =>
  (await cluster.logged(event)).length >= times ? true : undefined;

const readState = async (id: string) => {
  const { rows } = await cluster.db.execute<{ state: string }>(
    sql`select state from fleet_instances where id = ${id}`,
  );
  return rows[0]?.state;
};

/** Starts a network between instances and Postgres. */
const startNetwork = () => startMutingProxy(new URL(cluster.databaseAddress.url).host);

/** Returns the settings of an instance that reaches Postgres through the network. */
const behind = (network: MutingProxy) => ({
  DATABASE_URL: throughProxy(cluster.databaseAddress.url, network),
});

/** Returns the text of a process's readiness check, which says what the process lacks. */
async function readMissing(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return response.text();
}

test.each([["mute"], ["swallow"]] as const)(
  "an instance behind a network to Postgres that becomes %s gives its users up, says so, and recovers by itself",
  async (mode) => {
    cluster = await startCluster(USERS, { DATABASE_TIMEOUT: "3" });
    await using network = await startNetwork();
    const port = await claimPort();
    const env = { ...behind(network), METRICS_PORT: String(port) };
    await Promise.all([cluster.join("reaching"), cluster.join("cut", env)]);
    await cluster.untilShared(["reaching", "cut"]);
    network.become(mode);
    cluster.ledger.send(USERS);
    await eventually("the instance to notice", hasLogged("database.cut_off", 1));
    await cluster.untilShared(["reaching"]);
    await eventually("the others to show it", async () =>
      (await readState("cut")) === "cut_off" ? true : undefined,
    );
    expect(await readMissing(port)).toContain("cut off from postgres");
    cluster.ledger.send(2 * USERS);
    await cluster.ledger.settle();
    network.become("pass");
    await cluster.untilShared(["reaching", "cut"]);
    expect(await cluster.logged("database.reached_again")).toHaveLength(1);
    await eventually("readiness", async () =>
      (await readMissing(port)) === "ready\n" ? true : undefined,
    );
    cluster.ledger.send(USERS);
    const { sent, doubled } = await cluster.ledger.settle();
    console.log(`One of two cut off from Postgres: 0 of ${sent} lost, ${doubled} came again`);
  },
);

test("Postgres frozen for all: events in NATS are delivered, no user is handed over, and no user logs in again", async () => {
  cluster = await startCluster(USERS, { RETRY_SCHEDULE: "2,2,2,2" });
  await Promise.all([cluster.join("a"), cluster.join("b")]);
  await cluster.untilShared(["a", "b"]);
  // Six failures do not open the partner's circuit breaker.
  const body = JSON.stringify({ status: 500, times: 6 });
  await fetch(`${cluster.sink.url}/behave`, { method: "POST", body });
  cluster.ledger.send(6);
  await eventually("the first attempts to be written", async () => {
    const { rows } = await cluster.db.execute(sql`select 1 from transmit_logs`);
    return rows.length === 6 ? true : undefined;
  });
  cluster.watchfulness.reset();
  {
    await using _ = await freeze(cluster.programs.postgres.pid);
    cluster.ledger.send(2 * USERS);
    await eventually("both to notice", hasLogged("database_reach.failing", 2));
    await eventually("the retries to arrive", () =>
      cluster.receipts.count() >= 6 ? true : undefined,
    );
    // Waits for two TTLs of a heartbeat. If an instance wrongly believed that only it had lost
    // Postgres, it would give up its users in this time.
    await delay(2 * TTL_MS);
    expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
  }
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`Postgres frozen: 0 of ${sent} lost, ${doubled} came again`);
  expect(await cluster.logged("database.cut_off")).toEqual([]);
  expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
});

test("Postgres slow for all: mail is late, and no user is handed over", async () => {
  cluster = await startCluster(USERS);
  await using network = await startNetwork();
  const env = behind(network);
  await Promise.all([cluster.join("a", env), cluster.join("b", env)]);
  await cluster.untilShared(["a", "b"]);
  cluster.watchfulness.reset();
  network.delayBy(TTL_MS / 5);
  cluster.ledger.send(2 * USERS);
  const { sent } = await cluster.ledger.settle();
  console.log(`Postgres slow: 0 of ${sent} lost`);
  expect(await cluster.logged("database.cut_off")).toEqual([]);
  expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
});
