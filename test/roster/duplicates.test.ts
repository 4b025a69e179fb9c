import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet } from "../../dev/servers/fleet.ts";
import { heartbeatBucket } from "../../fleet/roster/bucket.ts";
import { createOwnHeartbeat, DuplicateInstance } from "../../fleet/roster/own-heartbeat.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/**
 * The settings of each process. HEARTBEAT_TTL is so long that no heartbeat expires during a test. A
 * process that waits for this expiry fails the test.
 */
const LONG = { HEARTBEAT_INTERVAL: "0.2", HEARTBEAT_TTL: "600", REBALANCE_INTERVAL: "0.5" };

const start = (name: string, id: string) =>
  startFleet(stack.context, { runtime: "bun", name, env: { ...LONG, INSTANCE_ID: id } });

const readHeartbeat = async (id: string) => {
  const { rows } = await stack.db.execute<{ at: string }>(
    sql`select heartbeat_at as at from fleet_instances where id = ${id}`,
  );
  return new Date(rows[0]?.at ?? 0).getTime();
};

async function expectBeating(id: string) {
  const before = await readHeartbeat(id);
  await eventually(`${id} to beat`, async () =>
    (await readHeartbeat(id)) > before ? true : undefined,
  );
}

test("a second process with the id of a running one refuses to start, and the first continues", async () => {
  await using _first = await start("first", "twin");
  await expect(start("second", "twin")).rejects.toThrow(
    "Cannot run as the instance twin: another process",
  );
  await expectBeating("twin");
});

test("a process that was killed starts again at once, under the heartbeat that it left", async () => {
  await using program = await start("killed", "phoenix");
  await program.restart("SIGKILL");
  await expectBeating("phoenix");
});

test("a process that was frozen while another took over its id ends when it continues", async () => {
  const frozen = await start("frozen", "sleeper");
  process.kill(frozen.pid, "SIGSTOP");
  await using _taker = await start("taker", "sleeper");
  process.kill(frozen.pid, "SIGCONT");
  expect((await frozen.died).message).toContain("another process runs under this INSTANCE_ID");
  await expectBeating("sleeper");
  await frozen.stop();
});

function newHeartbeat(signal: AbortSignal) {
  const bucket = heartbeatBucket(stack.bus);
  const deps = { bus: stack.bus, bucket, clock: systemClock, log: stack.log };
  return { bucket, own: createOwnHeartbeat(deps, "pair", signal) };
}

const SAID = { role: "all", state: "up", capacity: 1, users_held: 0, grace_ms: 0 } as const;

test("of processes that start at the same moment, one sends heartbeats", async () => {
  const stop = new AbortController();
  const all = Array.from({ length: 5 }, () => newHeartbeat(stop.signal).own);
  const beats = await Promise.allSettled(all.map((own) => own.beat(SAID)));
  const refused = beats.filter((beat) => beat.status === "rejected");
  expect(refused.map(({ reason }) => reason instanceof DuplicateInstance)).toEqual([
    ...[true, true, true, true],
  ]);
  await all[beats.findIndex((beat) => beat.status === "fulfilled")]?.beat(SAID);
  stop.abort();
});

test("a heartbeat whose ack was lost, or that the store has lost, is no other process", async () => {
  const stop = new AbortController();
  const { bucket, own } = newHeartbeat(stop.signal);
  await own.beat(SAID);
  const { revision, stored } = await bucket.read("pair");
  // Simulates a heartbeat that NATS has stored, but whose acknowledgement was lost.
  if (stored) await bucket.put("pair", stored.heartbeat, revision);
  await own.beat(SAID);
  await stack.bus.jsm.streams.purge("KV_FLEET");
  await own.beat(SAID);
  await own.remove();
  expect((await bucket.read("pair")).stored).toBeNull();
  stop.abort();
});
