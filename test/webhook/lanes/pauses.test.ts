import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pauseLane, resumeLane } from "../../../db/deliveries/lane-pauses.ts";
import { lanes } from "../../../db/deliveries/tables.ts";
import { partners } from "../../../db/partners/tables.ts";
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

const MAX_AGE_MS = 3_600_000;
const BY_PARTNER = { reason: "partner", actor: "partner" } as const;

/** Pauses a lane in the database. Sends the poke that a relay would send, as no relay runs here. */
async function pause(partnerId: string) {
  await pauseLane(stack.db, partnerId, BY_PARTNER);
  stack.bus.poke("ctl.partners", {});
}

async function resume(partnerId: string) {
  await resumeLane(stack.db, partnerId, BY_PARTNER);
  stack.bus.poke("ctl.partners", {});
}

const laneIs = (partnerId: string, state: string) =>
  eventually(`the lane to be ${state}`, async () => {
    const [lane] = await stack.db.select().from(lanes).where(eq(lanes.partnerId, partnerId));
    return lane?.state === state ? lane : undefined;
  });

test("a paused lane finishes attempts in flight, pulls nothing, and continues when it is resumed", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 300 }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const { id } = user.partner;
  // This interval is so long that the fleet notices the pause and its end only through the pokes.
  await using _role = runRole(stack, { reconcileMs: 60_000 });
  const first = await publishMail(stack, user);
  await eventually("the first to be under way", () => endpoint.posted[0]);
  await pause(id);
  await mailIs(stack, first.id, "delivered");
  expect(await laneIs(id, "paused")).toMatchObject({ reason: "partner" });
  const second = await publishMail(stack, user);
  const third = await publishMail(stack, user);
  await eventually("them to be counted", async () =>
    (await laneIs(id, "paused")).pending === 2 ? true : undefined,
  );
  expect(endpoint.posted).toHaveLength(1);
  const resumedMs = Date.now();
  await resume(id);
  await mailIs(stack, second.id, "delivered");
  await mailIs(stack, third.id, "delivered");
  expect((endpoint.posted[1]?.atMs ?? Infinity) - resumedMs).toBeLessThan(30_000);
  expect((await readAttempts(stack, second.id)).map(({ attempt }) => attempt)).toEqual([1]);
  await laneIs(id, "running");
});

test("events that are too old become dead letters while their lane is paused, and younger ones wait", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await pauseLane(stack.db, user.partner.id, BY_PARTNER);
  const old: string[] = [];
  for (let i = 0; i < 20; i++) old.push((await publishMail(stack, user)).id);
  let aheadMs = 2 * MAX_AGE_MS;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  await using _role = runRole(stack, { eventMaxAgeMs: MAX_AGE_MS }, { clock });
  for (const id of old) {
    expect(await awaitLetter(stack, id)).toMatchObject({
      attempts: 0,
      lastError: "it is too old, and was never answered",
    });
  }
  aheadMs = 0;
  const young = await publishMail(stack, user);
  await resume(user.partner.id);
  await mailIs(stack, young.id, "delivered");
  expect(endpoint.posted).toHaveLength(1);
});

test("a webhook's new address is used by the first attempt after the poke", async () => {
  await using before = await startEndpoint();
  await using after = await startEndpoint();
  const user = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: before.url }));
  await using _role = runRole(stack, { reconcileMs: 60_000 });
  await publishMail(stack, user);
  await eventually("the first", () => before.posted[0]);
  await stack.db
    .update(partners)
    .set({ newMailWebhook: after.url })
    .where(eq(partners.id, user.partner.id));
  stack.bus.poke("ctl.partners", {});
  await eventually("it to be known", () =>
    stack.log.lines.find(
      (line) => line.includes("partner.refreshed") && line.includes(user.partner.id),
    ),
  );
  await publishMail(stack, user);
  await eventually("the second", () => after.posted[0]);
  expect(before.posted).toHaveLength(1);
});
