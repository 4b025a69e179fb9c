import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "../../../db/deliveries/tables.ts";
import { mailLogs } from "../../../db/mail/tables.ts";
import { ATTEMPTS, BODIES, DEAD, EVENTS, laneConsumer } from "../../../fleet/bus/subjects.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { countBodies, newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

const MAILS = 60;

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function publishMails(user: TestUser): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < MAILS; i++) ids.push((await publishMail(stack, user)).id);
  return ids;
}

const readDelivered = async (user: TestUser) =>
  (await stack.db.select().from(mailLogs)).filter(
    ({ userId, state }) => userId === user.id && state === "delivered",
  );

test("a NATS that is killed in mid-run loses no event", { timeout: 120_000 }, async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 20 }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const ids = await publishMails(user);
  await using _role = runRole(stack);
  await eventually("some of them", () => endpoint.posted.length > 10 || undefined);
  await stack.programs.nats.restart("SIGKILL");
  // If an ack was lost, NATS redelivers the event after `ack_wait`.
  await eventually(
    "all of them",
    async () => (await readDelivered(user)).length === MAILS || undefined,
    90_000,
  );
  const posted = endpoint.posted.map(({ headers }) => headers["webhook-id"]);
  expect(new Set(posted)).toEqual(new Set(ids));
  expect(await stack.db.select().from(deadLetters)).toEqual([]);
  const late = await publishMail(stack, user);
  await eventually("a later one", () =>
    endpoint.posted.find(({ headers }) => headers["webhook-id"] === late.id),
  );
});

test("events whose acks NATS has forgotten are not sent again by another instance", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await using other = await startEndpoint();
  const next = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: other.url }));
  const consumer = laneConsumer(user.partner.id);
  {
    await using _first = runRole(stack);
    await publishMails(user);
    await eventually("their records", async () =>
      (await readDelivered(user)).length === MAILS ? true : undefined,
    );
    await eventually("their bodies to go", async () =>
      (await countBodies(stack, user)) === 0 ? true : undefined,
    );
  }
  // The new consumer of this lane does not know the earlier acks.
  await stack.bus.jsm.consumers.delete(EVENTS, consumer);
  await using _second = runRole(stack);
  await eventually("all to be acked again", async () => {
    const info = await stack.bus.jsm.consumers.info(EVENTS, consumer).catch(() => undefined);
    return info?.ack_floor.consumer_seq === MAILS ? true : undefined;
  });
  await publishMail(stack, next);
  await eventually("another event", () => other.posted[0]);
  expect(endpoint.posted).toHaveLength(MAILS);
});

test("lost streams are created again, and lanes continue", { timeout: 60_000 }, async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await using _role = runRole(stack);
  await publishMail(stack, user);
  await eventually("the first", () => endpoint.posted[0]);
  for (const stream of [EVENTS, BODIES, DEAD, ATTEMPTS]) await stack.bus.jsm.streams.delete(stream);
  await eventually("the streams", () => stack.bus.jsm.streams.info(EVENTS).catch(() => undefined));
  const event = await eventually("a publish to be taken", () =>
    publishMail(stack, user).catch(() => undefined),
  );
  // The lane and the attempts writer notice the deletion of the streams when two heartbeats of a
  // pull (a request to NATS for messages) are missing, or earlier.
  await eventually("the second", () =>
    endpoint.posted.find(({ headers }) => headers["webhook-id"] === event.id),
  );
  await eventually("its record", async () =>
    (await readDelivered(user)).find(({ eventId }) => eventId === event.id),
  );
});
