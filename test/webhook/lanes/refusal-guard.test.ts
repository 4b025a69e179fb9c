import { and, asc, eq, isNotNull } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeLane } from "../../../db/deliveries/lane-pauses.ts";
import { auditLog } from "../../../db/admin/tables.ts";
import { lanes } from "../../../db/deliveries/tables.ts";
import { mailLogs } from "../../../db/mail/tables.ts";
import { partners } from "../../../db/partners/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { type EndpointAnswer, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { mailIs, readAttempts } from "../read-attempts.ts";
import { moreUsers, newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
}, 60_000);
afterAll(() => stack?.[Symbol.asyncDispose](), 60_000);

/** Creates this many users of a new partner, and publishes one mail for each. */
async function mailForUsers(webhook: string, count: number) {
  const first = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: webhook }));
  const all = [first, ...(await moreUsers(stack, first, count - 1))];
  const ids: string[] = [];
  for (const user of all) ids.push((await publishMail(stack, user)).id);
  return { partnerId: first.partner.id, ids };
}

const pausedPartner = (partnerId: string) =>
  eventually("the lane to be paused", async () => {
    const [partner] = await stack.db.select().from(partners).where(eq(partners.id, partnerId));
    return partner?.pausedAt ? partner : undefined;
  });

/**
 * Waits until the lane reports that it is paused and has no attempt in flight. A lane reports its
 * state every few seconds.
 */
const laneAtRest = (partnerId: string) =>
  eventually(
    "the lane to be at rest",
    async () => {
      const [lane] = await stack.db.select().from(lanes).where(eq(lanes.partnerId, partnerId));
      return lane?.state === "paused" && lane.inFlight === 0 ? lane : undefined;
    },
    30_000,
  );

async function resume(partnerId: string) {
  await resumeLane(stack.db, partnerId, { reason: "forbidden", actor: "partner" });
  stack.bus.poke("ctl.partners", {});
}

const readAudit = (partnerId: string) =>
  stack.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.subjectId, partnerId))
    .orderBy(asc(auditLog.at));

const countArchived = async (ids: readonly string[]) => {
  const rows = await stack.db
    .select({ eventId: mailLogs.eventId })
    .from(mailLogs)
    .innerJoin(users, eq(users.id, mailLogs.userId))
    .where(and(eq(users.stateReason, "refused_by_webhook"), isNotNull(users.archivedAt)));
  return rows.filter(({ eventId }) => ids.includes(eventId)).length;
};

test("403 for all users pauses the lane after twenty, and after the resume the rest is delivered", async () => {
  let status = 403;
  await using endpoint = await startEndpoint(() => ({ status }));
  const { partnerId, ids } = await mailForUsers(endpoint.url, 60);
  await using _role = runRole(stack);
  expect((await pausedPartner(partnerId)).pausedReason).toBe("forbidden");
  await laneAtRest(partnerId);
  expect(await countArchived(ids)).toBe(20);
  const spent = endpoint.posted.length;
  expect(await readAudit(partnerId)).toMatchObject([
    { actor: "webhook", action: "lane.paused", details: { reason: "forbidden" } },
  ]);
  const said = stack.log.lines.filter((line) => line.includes("lane.guarded"));
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('"level":"error"');

  expect(endpoint.posted).toHaveLength(spent);

  status = 200;
  await resume(partnerId);
  for (const eventId of ids) await mailIs(stack, eventId, "delivered");
  expect(await countArchived(ids)).toBe(20);
  // An attempt that was held (not counted) is repeated under the same number. So each number is 1.
  const rows = await stack.db.select().from(mailLogs).where(eq(mailLogs.partnerId, partnerId));
  const refused = rows.filter(({ reason }) => reason === "user_archived");
  expect(refused).toHaveLength(20);
  for (const eventId of ids) {
    const attempts = await readAttempts(stack, eventId);
    expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map(() => 1));
  }
});

test("a 403 of an attempt from before the lane was resumed does not pause it again", async () => {
  const late = Promise.withResolvers<EndpointAnswer>();
  let lateId = "";
  let status = 403;
  await using endpoint = await startEndpoint(({ headers }, n) =>
    headers["webhook-id"] === lateId && n === 1 ? late.promise : { status },
  );
  const { partnerId, ids } = await mailForUsers(endpoint.url, 30);
  [lateId = ""] = ids;
  await using _role = runRole(stack, { attemptTimeoutMs: 60_000 });
  await pausedPartner(partnerId);
  status = 200;
  await resume(partnerId);
  for (const eventId of ids.slice(1)) await mailIs(stack, eventId, "delivered");

  late.resolve({ status: 403 });
  await mailIs(stack, lateId, "delivered");
  const attempts = await readAttempts(stack, lateId);
  expect(attempts.map(({ outcome }) => outcome)).toEqual(["held", "delivered"]);
  expect(await countArchived(ids)).toBe(20);
  expect((await readAudit(partnerId)).map(({ action }) => action)).toEqual([
    "lane.paused",
    "lane.resumed",
  ]);
});
