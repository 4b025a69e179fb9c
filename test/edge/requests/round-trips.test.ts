import { afterAll, beforeAll, expect, test } from "vitest";
import golden from "../../golden/openapi.json" with { type: "json" };
import { type SlowLink, startSlowLink } from "../../harness/network/slow-link.ts";
import { type EdgeStack, startEdgeStack } from "../../harness/stacks/edge-stack.ts";
import { startDatabaseStack } from "../../harness/stacks/start-database-stack.ts";
import { type Operation, readDocument } from "../openapi/walk-document.ts";
import { newWorld, type World } from "../openapi/walk-world.ts";
import { type TestEdge, toTestEdge } from "../use-edge.ts";

/** These operations wait for the fleet. */
const OF_THE_FLEET = [
  "GET /dead-letters/{id}",
  "GET /dead-letters/{id}/eml",
  "POST /webhooks/test",
];
const operations = readDocument(golden).operations.filter(
  ({ title }) => !OF_THE_FLEET.includes(title),
);
const reads = operations.filter(({ method }) => method === "GET");
const writes = operations.filter(({ method }) => method !== "GET");

let link: SlowLink;
let stack: EdgeStack;
let edge: TestEdge;
/** Each write has a world of its own, because it changes what others need. */
let worlds: Map<string, World>;
beforeAll(async () => {
  const database = await startDatabaseStack();
  link = await startSlowLink(database.context.ports.database_proxy);
  // Counts the round trips of the Worker, whatever the other tests run on.
  const settings = { DATABASE_PROXY: link.address };
  stack = await startEdgeStack(database, { platform: "workerd", settings });
  edge = toTestEdge(() => stack);
  worlds = new Map(
    await Promise.all(
      ["reads", ...writes.map(({ title }) => title)].map(
        async (title) => [title, await newWorld(edge)] as const,
      ),
    ),
  );
});

function findWorld(title: string): World {
  const world = worlds.get(title);
  if (!world) throw new Error(`There is no world for ${title}`);
  return world;
}
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await link?.[Symbol.asyncDispose]();
});

/** Sends a valid request. Returns how many round trips to the database it waited for. */
async function countFor(world: World, operation: Operation, headers: Record<string, string> = {}) {
  const { method, title } = operation;
  const body = operation.body && world.goodBody(operation);
  const before = link.countRoundTrips();
  const answer = await world.partner.call(method, world.fillPath(operation), { headers, body });
  expect([title, answer.status < 300 ? "success" : answer.status]).toEqual([title, "success"]);
  return link.countRoundTrips() - before;
}

test("a read waits for one round trip to the database", async () => {
  const world = findWorld("reads");
  for (const operation of reads) {
    expect([operation.title, await countFor(world, operation)]).toEqual([operation.title, 1]);
  }
});

test.each(writes.map((operation) => [operation.title, operation] as const))(
  "%s waits for at most two round trips, with an Idempotency-Key, too",
  async (title, operation) => {
    const world = findWorld(title);
    const key = { "idempotency-key": crypto.randomUUID() };
    expect(await countFor(world, operation, key)).toBeLessThanOrEqual(2);
    // The answer is repeated.
    expect(await countFor(world, operation, key)).toBe(1);
  },
);
