import { afterAll, beforeAll, expect, test } from "vitest";
import { ATTEMPTS } from "../../fleet/bus/subjects.ts";
import { purgeMessages } from "../../fleet/purge/purge-messages.ts";
import { openAttemptsConsumer, openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { moreUsers, newWebhookUser, publishMail } from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const purging = () => ({ bus: stack.bus, goesOn() {} });

test("after a purge of one user's messages, the lane still delivers the events of others", async () => {
  await using endpoint = await startEndpoint();
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const removed = await newWebhookUser(stack, partner);
  const [other = removed] = await moreUsers(stack, removed, 1);
  await openLaneConsumer(stack.bus, partner.id, 1_000);
  const events = [await publishMail(stack, other), await publishMail(stack, other)];
  await publishMail(stack, removed);
  events.push(await publishMail(stack, other));

  expect(await purgeMessages(purging(), partner.id, [removed.id])).toBe(2);
  await using _role = runRole(stack);
  await eventually("the others' webhooks", () => endpoint.posted.length === 3 || undefined);
  const ids = endpoint.posted.map(({ headers }) => headers["webhook-id"]);
  expect(ids.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
});

test("a purge of one user's messages leaves the others' attempts to be written", async () => {
  const consumer = await openAttemptsConsumer(stack.bus);
  const before = (await consumer.info()).num_pending;
  const publish = (subject: string, id: string) =>
    stack.bus.publish({ subject, id, payload: "{}" });
  await publish("att.prt_1.usr_kept.evt_1", "kept 1");
  await publish("att.prt_1.usr_removed.evt_2", "removed");
  await publish("att.prt_1.usr_kept.evt_3", "kept 2");
  await purgeMessages(purging(), "prt_1", ["usr_removed"]);
  expect((await consumer.info()).num_pending).toBe(before + 2);
  const { state } = await stack.bus.jsm.streams.info(ATTEMPTS, { subjects_filter: "att.prt_1.>" });
  expect(Object.values(state.subjects ?? {})).toEqual([1, 1]);
});
