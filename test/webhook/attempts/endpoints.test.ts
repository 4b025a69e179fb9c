import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "../../../db/deliveries/tables.ts";
import { mailLogs } from "../../../db/mail/tables.ts";
import { DEAD } from "../../../fleet/bus/subjects.ts";
import { createEndpointClient } from "../../../fleet/dialling/endpoint-client.ts";
import { startDeafServer } from "../../harness/network/deaf-server.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { MISBEHAVIOURS } from "../../harness/network/misbehaviour.ts";
import { startNameServer } from "../../harness/network/name-server.ts";
import { startRawServer } from "../../harness/network/raw-server.ts";
import { newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

/**
 * The number of mails to each endpoint that misbehaves. It is so low that the failed attempts do
 * not open the circuit breaker.
 */
const MAILS = 3;
const ATTEMPTS = 3;
const HEALTHY_MAILS = 20;
const LANE_CONCURRENCY = 8;
const SETTINGS = {
  // Three attempts at a silent endpoint take three times this long. In that time, the healthy
  // endpoint must get all its mails.
  attemptTimeoutMs: 2_000,
  retryScheduleMs: [20, 20],
  laneConcurrency: LANE_CONCURRENCY,
};

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const userAt = async (url: string) =>
  newWebhookUser(stack, await stack.newPartner({ newMailWebhook: url }));

async function publishMails(user: TestUser, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await publishMail(stack, user);
}

const readDeadLetters = ({ partner }: TestUser) =>
  stack.db.select().from(deadLetters).where(eq(deadLetters.partnerId, partner.id));

async function deliveredTo({ partner }: TestUser): Promise<number> {
  const rows = await stack.db.select().from(mailLogs).where(eq(mailLogs.partnerId, partner.id));
  return rows.filter(({ state }) => state === "delivered").length;
}

/** Counts the dead letters of a partner in the stream DEAD, not in the table dead_letters. */
async function countBuried({ partner }: TestUser): Promise<number> {
  const filter = { subjects_filter: `dead.${partner.id}.>` };
  const { state } = await stack.bus.jsm.streams.info(DEAD, filter);
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}

const untilAllAreDead = (user: TestUser) =>
  eventually(
    "all to be dead letters",
    async () => (await readDeadLetters(user)).length === MAILS || undefined,
  );

test(
  "endpoints that misbehave hold up no other, and nothing is lost",
  { timeout: 120_000 },
  async () => {
    await using resources = new AsyncDisposableStack();
    const healthy = resources.use(await startEndpoint());
    const slow = resources.use(
      await startEndpoint(() => ({ status: 200, delayMs: SETTINGS.attemptTimeoutMs / 2 })),
    );
    const serve = async (name: keyof typeof MISBEHAVIOURS) =>
      resources.use(await startRawServer(MISBEHAVIOURS[name]));
    const deaf = resources.use(await startDeafServer());
    const closed = await startRawServer(MISBEHAVIOURS.closesAtOnce);
    await closed[Symbol.asyncDispose]();
    const failing = [
      await serve("neverAnswers"),
      await serve("dripsItsHeaders"),
      await serve("dripsItsBody"),
      await serve("neverEndsItsBody"),
      await serve("sendsHeadersWithoutEnd"),
      await serve("floodsInterimAnswers"),
      await serve("saysTooLittle"),
      await serve("hasTwoLengths"),
    ];
    const flooding = [await serve("sendsAGigabyte"), await serve("sendsAGzipBomb")];
    const servers = [...failing, ...flooding];

    const healthyUser = await userAt(healthy.url);
    const failingUsers = await Promise.all(
      [deaf, closed, ...failing].map(({ url }) => userAt(url)),
    );
    const answeringUsers = await Promise.all([slow, ...flooding].map(({ url }) => userAt(url)));
    const [firstFailing] = failing;
    if (!firstFailing) throw new Error("no endpoint");

    await using _role = runRole(stack, SETTINGS);
    await publishMails(healthyUser, 1);
    await eventually("the role to deliver", () => healthy.posted[0]);
    let socketsMost = 0;
    const watch = setInterval(() => {
      socketsMost = Math.max(socketsMost, ...servers.map((server) => server.open()));
    }, 20);
    resources.defer(() => clearInterval(watch));

    for (const user of [...failingUsers, ...answeringUsers]) await publishMails(user, MAILS);
    await eventually("the first of them to be tried", () => firstFailing.open() > 0 || undefined);
    await publishMails(healthyUser, HEALTHY_MAILS);
    await eventually(
      "the healthy one to have all",
      () => healthy.posted.length === 1 + HEALTHY_MAILS || undefined,
    );
    // The healthy user's mail has not waited for the attempts that time out: after these, the
    // silent endpoint's events would be dead letters.
    expect(await readDeadLetters(failingUsers[2] ?? healthyUser)).toEqual([]);

    for (const user of failingUsers) {
      await untilAllAreDead(user);
      const letters = await readDeadLetters(user);
      expect(letters.map(({ attempts }) => attempts)).toEqual(letters.map(() => ATTEMPTS));
      expect(await countBuried(user)).toBe(MAILS);
    }
    for (const user of answeringUsers) {
      await eventually("all to be delivered", async () =>
        (await deliveredTo(user)) === MAILS ? true : undefined,
      );
      expect(await countBuried(user)).toBe(0);
    }
    expect(socketsMost).toBeGreaterThan(0);
    expect(socketsMost).toBeLessThanOrEqual(LANE_CONCURRENCY);
    await eventually("their connections to be closed", () =>
      servers.every((server) => server.open() === 0) ? true : undefined,
    );
  },
);

test("webhooks at this machine, however they are written, are never dialled", async () => {
  const behave = MISBEHAVIOURS.neverAnswers;
  await using here = await startRawServer(behave);
  const { port } = here;
  await using here6 = await startRawServer(behave, "::1", port);
  await using names = await startNameServer((_name, n) => (n === 1 ? ["3000::1"] : ["127.0.0.1"]));
  using client = createEndpointClient(
    { resolve: names.resolve },
    { ports: [port], allowsHttp: true, allowsPrivateHosts: false, maxIdleSockets: 8 },
  );
  const written = ["127.0.0.1", "0x7f000001", "2130706433", "127.1", "[::1]", "[::ffff:7f00:1]"];
  const named = ["localhost", "a.localhost", "db.internal", "rebinding.example.com"];
  const urls = [...written, ...named].map((host) => `http://${host}:${port}/`);
  const users = await Promise.all(urls.map(userAt));
  for (const user of users) await publishMails(user, MAILS);
  await using _role = runRole({ ...stack, post: client.post }, SETTINGS);
  for (const user of users) await untilAllAreDead(user);
  expect([here.accepted(), here6.accepted()]).toEqual([0, 0]);
  const reasons = await Promise.all(
    users.map(async (user) => (await readDeadLetters(user)).map(({ lastError }) => lastError)),
  );
  expect(new Set(reasons.flat())).toEqual(
    new Set(["the webhook's address must have a public host", "the host has no public address"]),
  );
});
