import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transmitLogs } from "../../../db/deliveries/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { mailIs, readAttempts } from "../read-attempts.ts";
import {
  newMail,
  newWebhookUser,
  publishMail,
  publishParts,
  recordMail,
} from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: OwnFleetStack;
beforeAll(async () => {
  stack = await startOwnFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const MAILS = 20;

const findStart = (partnerId: string) =>
  stack.log.lines.find((line) => line.includes("lane.started") && line.includes(partnerId));

async function withoutPostgres(work: () => Promise<unknown>): Promise<void> {
  await stack.programs.postgres.stop();
  try {
    await work();
  } finally {
    await stack.programs.postgres.start();
  }
}

test("deliveries and retries continue without PostgreSQL, and each attempt is written when it is back", async () => {
  // For about half of the events, the first attempt fails.
  await using endpoint = await startEndpoint((request, n) => ({
    status: n === 1 && JSON.parse(request.body).rfc822.length % 2 ? 500 : 200,
  }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  await using _role = runRole(stack, { retryScheduleMs: [300, 300, 300] });
  const first = await publishMail(stack, user);
  await mailIs(stack, first.id, "delivered");
  const before = endpoint.posted.length;

  const mails = Array.from({ length: MAILS }, (_, i) =>
    newMail(user, new TextEncoder().encode(`Subject: ${"x".repeat(i)}\r\n\r\n`)),
  );
  for (const mail of mails) await recordMail(stack, mail);
  const ids: string[] = [];
  await withoutPostgres(async () => {
    for (const mail of mails) ids.push((await publishParts(stack, mail)).id);
    const all = MAILS + MAILS / 2;
    await eventually("all of them and the retries", () =>
      endpoint.posted.length === before + all ? true : undefined,
    );
  });
  for (const id of ids) await mailIs(stack, id, "delivered");
  const rows = await stack.db.select().from(transmitLogs).where(eq(transmitLogs.userId, user.id));
  expect(rows).toHaveLength(endpoint.posted.length);
  for (const id of ids) {
    const outcomes = (await readAttempts(stack, id)).map(({ outcome }) => outcome);
    expect([["delivered"], ["retry", "delivered"]]).toContainEqual(outcomes);
  }
});

test("a 403 without PostgreSQL is held under its number, and archives the user when PostgreSQL is back", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 403 }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const mail = newMail(user);
  await recordMail(stack, mail);
  await using _role = runRole(stack, { retryScheduleMs: [500, 500] });
  await eventually("the lane", () => findStart(user.partner.id));
  await withoutPostgres(async () => {
    await publishParts(stack, mail);
    // An event gets at most three counted attempts. So a fourth attempt shows that held
    // attempts are not counted, even without PostgreSQL.
    await eventually("four attempts", () => endpoint.posted.length >= 4 || undefined);
  });
  const archived = await eventually("the user to be archived", async () => {
    const [row] = await stack.db.select().from(users).where(eq(users.id, user.id));
    return row?.archivedAt ? row : undefined;
  });
  expect(archived).toMatchObject({ state: "archived", stateReason: "refused_by_webhook" });
  const id = String(endpoint.posted[0]?.headers["webhook-id"]);
  await mailIs(stack, id, "delivered");
  const attempts = await readAttempts(stack, id);
  expect(attempts).toHaveLength(endpoint.posted.length);
  expect(attempts.map(({ attempt }) => attempt)).toEqual(attempts.map(() => 1));
  expect(attempts.map(({ outcome }) => outcome)).toEqual([
    ...attempts.slice(1).map(() => "held"),
    "archived",
  ]);
});

test("a lane is taken over without PostgreSQL", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const { id: known } = await stack.newPartner();
  const owner = { isOurs: false };
  const ownsLane = (partnerId: string) => partnerId === known || owner.isOurs;
  await using _role = runRole(stack, {}, { ownsLane });
  await eventually("the partners to be known", () => findStart(known));
  await publishMail(stack, user);
  await withoutPostgres(async () => {
    owner.isOurs = true;
    await eventually("the webhook", () => endpoint.posted[0]);
  });
});
