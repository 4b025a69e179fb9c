import { afterAll, beforeAll, expect, test } from "vitest";
import { partners as partnersTable } from "../../../db/partners/tables.ts";
import { transmitLogs } from "../../../db/deliveries/tables.ts";
import { BODIES, DEAD, EVENTS, laneConsumer } from "../../../fleet/bus/subjects.ts";
import { type EndpointAnswer, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a slow endpoint of one partner does not delay another's lane", async () => {
  const end = Promise.withResolvers<EndpointAnswer>();
  await using slow = await startEndpoint(() => end.promise);
  await using quick = await startEndpoint();
  const slowUser = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: slow.url }),
  );
  const quickUser = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: quick.url }),
  );
  await using _role = runRole(stack, { attemptTimeoutMs: 120_000 });
  for (let i = 0; i < 40; i++) await publishMail(stack, slowUser);
  await eventually("the slow lane to be full", () => slow.posted.length === 8 || undefined);
  for (let i = 0; i < 10; i++) await publishMail(stack, quickUser);
  await eventually("all of the quick lane", () => quick.posted.length === 10 || undefined);
  expect(slow.posted).toHaveLength(8);
  end.resolve({ status: 200 });
});

test("an event is posted immediately, even if its lane was idle", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await using _role = runRole(stack);
  await publishMail(stack, user);
  await eventually("the lane to run", () => endpoint.posted.length === 1 || undefined);
  const waitsMs: number[] = [];
  for (let n = 2; n <= 12; n++) {
    const event = await publishMail(stack, user);
    const publishedMs = event.created_at_ms;
    const posted = await eventually("the webhook", () => endpoint.posted[n - 1]);
    waitsMs.push(posted.atMs - publishedMs);
  }
  waitsMs.sort((a, b) => a - b);
  expect(waitsMs[5]).toBeLessThan(1_000);
});

test("a lane that moves to another instance during deliveries loses and repeats nothing", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 100 }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const ids: string[] = [];
  // All mails are published before the first instance starts. With only two attempts at a time,
  // this instance cannot deliver all of them before it is stopped.
  for (let i = 0; i < 40; i++) ids.push((await publishMail(stack, user)).id);
  {
    await using _first = runRole(stack, { laneConcurrency: 2 });
    await eventually("some of them", () => endpoint.posted.length > 10 || undefined);
  }
  expect(endpoint.posted.length).toBeLessThan(40);
  await using _second = runRole(stack);
  await eventually("all of them", () => endpoint.posted.length >= 40 || undefined);
  const posted = endpoint.posted.map(({ headers }) => headers["webhook-id"]);
  expect(posted.toSorted()).toEqual(ids.toSorted());
});

test("a lane of another instance is not touched", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const owner = { isOurs: false };
  await using _role = runRole(stack, {}, { ownsLane: () => owner.isOurs });
  await publishMail(stack, user);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(endpoint.posted).toEqual([]);
  owner.isOurs = true;
  await eventually("the webhook", () => endpoint.posted[0]);
});

test("a partner that is removed leaves nothing in NATS", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 500 }));
  await using _role = runRole(stack, { retryScheduleMs: [60_000] });
  const kept = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await publishMail(stack, kept);
  await eventually("its lane", () => endpoint.posted[0]);
  const { jsm } = stack.bus;
  // The database contains only partners of this test file. Rows of other tables may stay, since a
  // lane depends only on its partner.
  await stack.db.delete(partnersTable);
  const left = async () => {
    const names: string[] = [];
    for await (const { name } of jsm.consumers.list(EVENTS)) names.push(name);
    return names;
  };
  await eventually("its consumer to go", async () =>
    (await left()).includes(laneConsumer(kept.partner.id)) ? undefined : true,
  );
  for (const stream of [EVENTS, BODIES, DEAD]) {
    await eventually(
      `${stream} to be empty`,
      async () => (await jsm.streams.info(stream)).state.messages === 0 || undefined,
    );
  }
  expect(await stack.db.select().from(transmitLogs)).toEqual([]);
});

test("a role that is stopped before it started ends at once", async () => {
  for (let i = 0; i < 5; i++) await runRole(stack)[Symbol.asyncDispose]();
});
