import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readInstallationId } from "../../../db/fleet/installation.ts";
import { connectBus } from "../../../fleet/bus/bus.ts";
import { systemClock } from "../../../shared/clock.ts";
import { startNatsCluster } from "../../deploy/nats-cluster.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { newMail, newWebhookUser, publishParts, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const LANES = 12;
/**
 * The ack wait of production. If NATS has given an event to an instance that no longer reads, NATS
 * redelivers the event only after this time.
 */
const ACK_WAIT_MS = 60_000;
/** The time limit for each delivery. Long enough for a busy machine, well below ACK_WAIT_MS. */
const BOUND_MS = 20_000;

/** Runs two instances. At any time, one of them owns all lanes. */
function runTwo(on: FleetStack) {
  let owner = 0;
  const callbacks: (() => void)[] = [];
  const runOne = (id: number) =>
    runRole(
      on,
      { instanceId: String(id), laneConcurrency: 32 },
      {
        ackWaitMs: ACK_WAIT_MS,
        ownsLane: () => owner === id,
        onOwnersChange: (callback) => void callbacks.push(callback),
      },
    );
  const resources = new AsyncDisposableStack();
  for (const id of [0, 1]) resources.use(runOne(id));
  return {
    handOver() {
      owner = 1 - owner;
      for (const callback of callbacks) callback();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/**
 * Publishes events for each user until disposed, one every 20 ms. So a pull (a lane's request to
 * NATS for several events) does not get all its events at once.
 */
function publishSteadily(on: FleetStack, users: readonly TestUser[]) {
  /** When each event was published, in Unix ms. */
  const published = new Map<string, number>();
  const over = new AbortController();
  const publishing = Promise.all(
    users.map(async (user) => {
      while (!over.signal.aborted) {
        const { id, created_at_ms } = await publishParts(on, newMail(user));
        published.set(id, created_at_ms);
        await delay(20);
      }
    }),
  );
  return {
    published,
    async [Symbol.asyncDispose]() {
      over.abort();
      await publishing;
    },
  };
}

/**
 * Moves the lanes between two instances while events are published.
 * @returns the longest delivery time of an event, and the number of events that were not delivered.
 */
async function handOverUnderLoad(on: FleetStack, times: number) {
  await using endpoint = await startEndpoint();
  const users: TestUser[] = [];
  for (let n = 0; n < LANES; n++) {
    users.push(await newWebhookUser(on, await on.newPartner({ newMailWebhook: endpoint.url })));
  }
  await using instances = runTwo(on);
  const load = publishSteadily(on, users);
  {
    await using _ = load;
    await eventually("the lanes to work", () => endpoint.posted.length > 5 * LANES || undefined);
    for (let n = 0; n < times; n++) {
      instances.handOver();
      // Moves the lanes at a different moment each time.
      await delay(350 + ((n * 37) % 100));
    }
  }
  const came = () =>
    new Map(endpoint.posted.map(({ headers, atMs }) => [headers["webhook-id"], atMs]));
  const missing = () => new Set(load.published.keys()).difference(came()).size;
  const none = eventually("all of them", () => (missing() === 0 ? true : undefined), BOUND_MS);
  await none.catch(() => undefined);
  const tookMs = endpoint.posted.map(
    ({ headers, atMs }) => atMs - (load.published.get(String(headers["webhook-id"])) ?? atMs),
  );
  return { missing: missing(), slowestMs: Math.max(...tookMs), events: load.published.size };
}

test("lanes that change their owner again and again under load cost no event the ack_wait", async () => {
  const { missing, slowestMs, events } = await handOverUnderLoad(stack, 40);
  console.log(`40 hand-overs of ${LANES} lanes: the slowest of ${events} took ${slowestMs} ms`);
  expect(missing).toBe(0);
  expect(slowestMs).toBeLessThan(BOUND_MS);
});

/**
 * In a cluster, a lane's consumer may have its leader on one server while the lane's owner is
 * connected to another.
 */
test("nor do they on three servers", async () => {
  await using nats = await startNatsCluster();
  const bytes = 64 * 1_024 * 1_024;
  const sizes = { eventsBytes: bytes, bodiesBytes: bytes, deadBytes: bytes, attemptsBytes: bytes };
  const options = {
    installationId: await readInstallationId(stack.db),
    url: nats.servers.map(({ url }) => url).join(","),
    name: "clustered",
    login: { user: "fleet", pass: "fleet" },
    caFile: nats.caFile,
    sizes: { ...sizes, replicas: 3 },
  };
  const deps = { clock: systemClock, log: stack.log };
  await using bus = await connectBus(deps, options, stack.context.signal);
  const { missing, slowestMs, events } = await handOverUnderLoad({ ...stack, bus }, 20);
  console.log(`20 hand-overs on three servers: the slowest of ${events} took ${slowestMs} ms`);
  expect(missing).toBe(0);
  expect(slowestMs).toBeLessThan(BOUND_MS);
});
