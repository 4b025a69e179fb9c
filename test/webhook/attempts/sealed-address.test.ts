import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partners } from "../../../db/partners/tables.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const readPartner = async (id: string) =>
  (await stack.db.select().from(partners).where(eq(partners.id, id)))[0];

test("an address with secrets is sealed in the database, and called completely", async () => {
  await using endpoint = await startEndpoint();
  const address = `${endpoint.url}/mail?token=hunter2`;
  const user = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: address }));
  const row = await readPartner(user.partner.id);
  expect(row?.newMailWebhook).toBe(`${endpoint.url}/mail?***`);
  expect(JSON.stringify(row)).not.toContain("hunter2");
  await using _role = runRole(stack);
  await publishMail(stack, user);
  const posted = await eventually("the webhook", () => endpoint.posted[0]);
  expect(posted.path).toBe("/mail?token=hunter2");
  expect(stack.log.lines.join("\n")).not.toContain("hunter2");
});

test("an address written by an instance of an older version counts, whatever the sealed column has", async () => {
  await using endpoint = await startEndpoint();
  const old = `${endpoint.url}/old?token=hunter2`;
  const user = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: old }));
  const newMailWebhook = `${endpoint.url}/new?token=other`;
  await stack.db.update(partners).set({ newMailWebhook }).where(eq(partners.id, user.partner.id));
  await using _role = runRole(stack);
  await publishMail(stack, user);
  const posted = await eventually("the webhook", () => endpoint.posted[0]);
  expect(posted.path).toBe("/new?token=other");
});
