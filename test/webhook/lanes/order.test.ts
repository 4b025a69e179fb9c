import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partners } from "../../../db/partners/tables.ts";
import { type Endpoint, type Posted, startEndpoint } from "../../harness/network/endpoint.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { eventually } from "../../harness/eventually.ts";
import { awaitLetter, mailIs } from "../read-attempts.ts";
import { moreUsers, newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function orderedUser(endpoint: Endpoint): Promise<TestUser> {
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  await stack.db.update(partners).set({ ordered: true }).where(eq(partners.id, partner.id));
  return newWebhookUser(stack, partner);
}

async function publishMails(user: TestUser, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await publishMail(stack, user)).id);
  return ids;
}

const readWebhookId = ({ headers }: Posted) => String(headers["webhook-id"]);

/**
 * Returns the event ids of the attempts, in order. Consecutive attempts of the same event appear
 * once.
 */
function stretches(endpoint: Endpoint, ids: readonly string[]): string[] {
  const posted = endpoint.posted.map(readWebhookId).filter((id) => ids.includes(id));
  return posted.filter((id, i) => id !== posted[i - 1]);
}

test("events of a user are delivered one at a time, each only after the previous one is delivered", async () => {
  let [underWay, most] = [0, 0];
  await using endpoint = await startEndpoint((_request, n) => {
    most = Math.max(most, ++underWay);
    setTimeout(() => underWay--, 10);
    // Every third request fails if it is the first attempt of an event.
    return { status: n === 1 && endpoint.posted.length % 3 === 0 ? 500 : 200, delayMs: 10 };
  });
  const user = await orderedUser(endpoint);
  const ids = await publishMails(user, 25);
  await using _role = runRole(stack, { retryScheduleMs: [50, 50, 50] });
  await mailIs(stack, ids.at(-1) ?? "", "delivered");
  expect(stretches(endpoint, ids)).toEqual(ids);
  expect(endpoint.posted.length).toBeGreaterThan(25);
  expect(most).toBe(1);
});

test("while one user's event waits for its retry, events of others are delivered", async () => {
  let isSlowDown = true;
  await using endpoint = await startEndpoint((request) => ({
    status: request.body.includes(slow.tag) && isSlowDown ? 500 : 200,
  }));
  const slow = await orderedUser(endpoint);
  const [quick] = await moreUsers(stack, slow, 1);
  if (!quick) throw new Error("No other user");
  const waiting = await publishMails(slow, 3);
  const others = await publishMails(quick, 20);
  await using _role = runRole(stack, { retryScheduleMs: Array(20).fill(1_000) });
  for (const id of others) await mailIs(stack, id, "delivered");
  expect(stretches(endpoint, waiting)).toEqual(waiting.slice(0, 1));
  isSlowDown = false;
  await mailIs(stack, waiting[2] ?? "", "delivered");
  expect(stretches(endpoint, waiting)).toEqual(waiting);
  expect(stretches(endpoint, others)).toEqual(others);
});

test("the next event of a user is delivered after the previous one became a dead letter", async () => {
  await using endpoint = await startEndpoint((request) => ({
    status: readWebhookId(request) === first ? 500 : 200,
  }));
  const user = await orderedUser(endpoint);
  const [first = "", second = ""] = await publishMails(user, 2);
  await using _role = runRole(stack, { retryScheduleMs: [100, 100] });
  await awaitLetter(stack, first);
  await mailIs(stack, second, "delivered");
  expect(stretches(endpoint, [first, second])).toEqual([first, second]);
});

test("the order is kept when the lane changes its owner", async () => {
  let n = 0;
  await using endpoint = await startEndpoint(() => ({
    status: ++n % 4 === 0 ? 500 : 200,
    delayMs: 30,
  }));
  const one = await orderedUser(endpoint);
  const all = [one, ...(await moreUsers(stack, one, 2))];
  const published = await Promise.all(all.map((user) => publishMails(user, 30)));
  for (const enough of [10, 30, 50, 70]) {
    await using _role = runRole(stack, { retryScheduleMs: [50, 50, 50, 50, 50, 50] });
    await eventually("some more", () => endpoint.posted.length >= enough || undefined);
  }
  await using _last = runRole(stack, { retryScheduleMs: [50, 50, 50, 50, 50, 50] });
  for (const ids of published) await mailIs(stack, ids.at(-1) ?? "", "delivered");
  for (const ids of published) expect(stretches(endpoint, ids)).toEqual(ids);
});
