import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lanes } from "../../../db/deliveries/tables.ts";
import { systemClock } from "../../../shared/clock.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { awaitLetter, mailIs, readAttempts } from "../read-attempts.ts";
import { newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const IN_FLIGHT = 8;
/**
 * How many attempts are made before the circuit breaker is open: ten failures open it, and the
 * attempts in flight fail, too.
 */
const UNTIL_OPEN = 10 + IN_FLIGHT;

const openings = (partnerId: string) =>
  stack.log.lines.filter((line) => line.includes("breaker.opened") && line.includes(partnerId));

test("deliveries to a failing endpoint are on hold, it is probed, and gets all events when it works", async () => {
  let status = 500;
  await using endpoint = await startEndpoint(() => ({ status }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const ids: string[] = [];
  for (let i = 0; i < 40; i++) ids.push((await publishMail(stack, user)).id);
  const breaker = { openMs: 300, maxOpenMs: 600 };
  await using _role = runRole(stack, { breaker });
  await eventually("it to open", () => openings(user.partner.id)[0]);
  await eventually("its state to be reported", async () => {
    const [lane] = await stack.db.select().from(lanes).where(eq(lanes.partnerId, user.partner.id));
    return lane?.state === "open" && lane.reason === "the endpoint answered 500" ? lane : undefined;
  });
  await eventually("three probes", () => openings(user.partner.id).length >= 4 || undefined);
  // Each opening after the first follows a probe (a single attempt). Another probe may be in
  // flight.
  const spent = endpoint.posted.length;
  expect(spent).toBeLessThanOrEqual(UNTIL_OPEN + openings(user.partner.id).length);

  status = 200;
  for (const id of ids) await mailIs(stack, id, "delivered");
  for (const id of ids) expect((await readAttempts(stack, id)).length).toBeLessThanOrEqual(7);
  expect(endpoint.posted.length - spent).toBeLessThanOrEqual(ids.length + 1);
});

test("an open breaker does not affect another lane", async () => {
  await using failing = await startEndpoint(() => ({ status: 500 }));
  await using healthy = await startEndpoint();
  const unlucky = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: failing.url }),
  );
  const lucky = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: healthy.url }),
  );
  for (let i = 0; i < 30; i++) await publishMail(stack, unlucky);
  await using _role = runRole(stack, { breaker: { openMs: 60_000, maxOpenMs: 60_000 } });
  await eventually("it to open", () => openings(unlucky.partner.id)[0]);
  const spent = failing.posted.length;
  for (let i = 0; i < 50; i++) await publishMail(stack, lucky);
  await eventually("all of the other", () => healthy.posted.length === 50 || undefined);
  expect(failing.posted.length).toBeLessThanOrEqual(Math.max(spent, UNTIL_OPEN));
});

test("events that are too old become dead letters without an attempt while the breaker is open", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 500 }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const ids: string[] = [];
  for (let i = 0; i < 40; i++) ids.push((await publishMail(stack, user)).id);
  const breaker = { openMs: 60_000, maxOpenMs: 60_000 };
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  // While the breaker is open, the lane checks for expired events at intervals of a tenth of
  // `eventMaxAgeMs`. With 5 s, the test need not wait long.
  await using _role = runRole(stack, { breaker, eventMaxAgeMs: 5_000 }, { clock });
  await eventually("it to open", () => openings(user.partner.id)[0]);
  aheadMs = 3_600_000;
  for (const id of ids) await awaitLetter(stack, id);
  expect(endpoint.posted.length).toBeLessThanOrEqual(UNTIL_OPEN);
  const last = await awaitLetter(stack, ids.at(-1) ?? "");
  expect(last).toMatchObject({ attempts: 0, lastError: "it is too old, and was never answered" });
});
