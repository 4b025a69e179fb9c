import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partners } from "../../../db/partners/tables.ts";
import { createMailInterest } from "../../../fleet/mailbox/session/mail-interest.ts";
import { systemClock } from "../../../shared/clock.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { mailIs } from "../read-attempts.ts";
import { newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

/**
 * The interval at which the fleet reads the settings of all partners. It is so long that the fleet
 * does not notice a new webhook in this way. The tests send no poke either.
 */
const NEVER_MS = 3_600_000;

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const setWebhook = (partnerId: string, newMailWebhook: string) =>
  stack.db.update(partners).set({ newMailWebhook }).where(eq(partners.id, partnerId));

test("an event whose partner got its webhook a moment ago is delivered, not skipped", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: null }));
  await using _role = runRole(stack, { reconcileMs: NEVER_MS });
  await eventually("the lane to know the partner", () =>
    stack.log.lines.find((line) => line.includes("lane.started") && line.includes(user.partner.id)),
  );
  await setWebhook(user.partner.id, endpoint.url);
  const { id } = await publishMail(stack, user);
  await mailIs(stack, id, "delivered");
  expect(endpoint.posted).toHaveLength(1);
});

test("new mail of a partner that got its webhook a moment ago is wanted", async () => {
  const { id } = await stack.newPartner({ newMailWebhook: null });
  const interest = createMailInterest(
    { db: stack.db, clock: systemClock, log: stack.log },
    { intervalMs: NEVER_MS },
  );
  const stop = new AbortController();
  const running = interest.run(stop.signal);
  await eventually("the partner to be known", async () =>
    (await interest.wantsNewMail(id)) ? undefined : true,
  );
  await setWebhook(id, "https://partner.example/mail");
  expect(await interest.wantsNewMail(id)).toBe(true);
  stop.abort();
  await running;
});
