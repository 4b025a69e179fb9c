import { and, eq, isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pauseLane, resumeLane } from "../../db/lane-pauses.ts";
import { auditLog, lanes, mailLogs, partners, users } from "../../db/schema.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/fleet-stack.ts";
import { attemptsOf, letterOf, mailIs } from "./attempts-of.ts";
import { moreUsers, newUser, publishMail } from "./published-mail.ts";
import { runRole } from "./running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
}, 60_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

const BY_PARTNER = { reason: "partner", actor: "partner" } as const;

/** Without word to the fleet: what stands in the outbox is another part's business. */
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

test("a paused lane ends what is in flight, pulls nothing, and goes on when it is resumed", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 300 }));
  const user = await newUser(stack, await stack.newPartner({ newMailWebhook: endpoint.url }));
  const { id } = user.partner;
  // A poke alone tells it.
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
  expect((await attemptsOf(stack, second.id)).map(({ attempt }) => attempt)).toEqual([1]);
  await laneIs(id, "running");
});

test("what is too old dies while its lane is paused, and the young wait", async () => {
  await using endpoint = await startEndpoint();
  const user = await newUser(stack, await stack.newPartner({ newMailWebhook: endpoint.url }));
  await pauseLane(stack.db, user.partner.id, BY_PARTNER);
  const old: string[] = [];
  for (let i = 0; i < 20; i++) old.push((await publishMail(stack, user)).id);
  await using _role = runRole(stack, { eventMaxAgeMs: 6_000 });
  for (const id of old) {
    expect(await letterOf(stack, id)).toMatchObject({
      attempts: 0,
      lastError: "it is too old, and was never answered",
    });
  }
  const young = await publishMail(stack, user);
  await resume(user.partner.id);
  await mailIs(stack, young.id, "delivered");
  expect(endpoint.posted).toHaveLength(1);
});

test("a webhook's new address is used by the first attempt after the poke", async () => {
  await using before = await startEndpoint();
  await using after = await startEndpoint();
  const user = await newUser(stack, await stack.newPartner({ newMailWebhook: before.url }));
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

test("403 for all users pauses the lane after twenty, and after the resume all the rest is delivered", async () => {
  let status = 403;
  await using endpoint = await startEndpoint(() => ({ status }));
  const first = await newUser(stack, await stack.newPartner({ newMailWebhook: endpoint.url }));
  const { id } = first.partner;
  const all = [first, ...(await moreUsers(stack, first, 59))];
  const ids: string[] = [];
  for (const user of all) ids.push((await publishMail(stack, user)).id);
  await using _role = runRole(stack);
  const guarded = await eventually("the lane to be paused", async () => {
    const [partner] = await stack.db.select().from(partners).where(eq(partners.id, id));
    return partner?.pausedAt ? partner : undefined;
  });
  expect(guarded.pausedReason).toBe("forbidden");
  await laneIs(id, "paused");
  const archived = async () =>
    (
      await stack.db
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.stateReason, "refused_by_webhook"), isNotNull(users.archivedAt)))
    ).length;
  expect(await archived()).toBe(20);
  const spent = endpoint.posted.length;
  const audit = await stack.db.select().from(auditLog).where(eq(auditLog.subjectId, id));
  expect(audit).toMatchObject([
    { actor: "webhook", action: "lane.paused", details: { reason: "forbidden" } },
  ]);
  const said = stack.log.lines.filter((line) => line.includes("lane.guarded"));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('"level":"error"');

  expect(endpoint.posted).toHaveLength(spent);

  status = 200;
  await resumeLane(stack.db, id, { reason: "forbidden", actor: "partner" });
  stack.bus.poke("ctl.partners", {});
  for (const eventId of ids) await mailIs(stack, eventId, "delivered");
  expect(await archived()).toBe(20);
  // Those that were held were attempted under the same number.
  const rows = await stack.db.select().from(mailLogs).where(eq(mailLogs.partnerId, id));
  const refused = rows.filter(({ reason }) => reason === "user_archived");
  expect(refused).toHaveLength(20);
  for (const eventId of ids) {
    const attempts = await attemptsOf(stack, eventId);
    expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map(() => 1));
  }
});
