import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters, lanes } from "../../../db/deliveries/tables.ts";
import { DEAD, EVENTS, laneConsumer } from "../../../fleet/bus/subjects.ts";
import { systemClock } from "../../../shared/clock.ts";
import { type Endpoint, type Posted, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { mailIs, readAttempts } from "../read-attempts.ts";
import { cleared, redeliver, redelivered, runDeadLetters } from "./dying-user.ts";
import { newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const readWebhookId = ({ headers }: Posted) => String(headers["webhook-id"]);
const NEVER_OPEN = { openMs: 1, maxOpenMs: 1 };
const HOUR_MS = 3_600_000;

const letterRow = async (eventId: string) => {
  const [row] = await stack.db.select().from(deadLetters).where(eq(deadLetters.eventId, eventId));
  return row;
};

/** Limits the stream DEAD to its current messages, so that it is full until disposed. */
async function fillDead(): Promise<AsyncDisposable> {
  const { streams } = stack.bus.jsm;
  const { state } = await streams.info(DEAD);
  if (state.messages === 0) {
    await stack.bus.publish({ subject: "dead.other.new_mail.usr", id: "one", payload: "x" });
  }
  await streams.update(DEAD, { max_msgs: Math.max(state.messages, 1) });
  return {
    async [Symbol.asyncDispose]() {
      await streams.update(DEAD, { max_msgs: -1 });
    },
  };
}

/**
 * Creates an endpoint that answers 400 to the mails in `poison`, and a user whose mails go to it.
 */
async function poisoned(): Promise<{ endpoint: Endpoint; user: TestUser; poison: Set<string> }> {
  const poison = new Set<string>();
  const endpoint = await startEndpoint((request) => ({
    status: poison.has(readWebhookId(request)) ? 400 : 200,
  }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  return { endpoint, user, poison };
}

const readLane = async ({ partner }: TestUser) => {
  const [lane] = await stack.db.select().from(lanes).where(eq(lanes.partnerId, partner.id));
  return lane;
};

const isBuried = (eventId: string) =>
  eventually("the letter to lie in DEAD", async () => {
    const row = await letterRow(eventId);
    return row?.streamSeq === null ? undefined : row;
  });

test("events that become dead letters while DEAD is full delay no other, are not sent again, and are buried when there is room", async () => {
  const { endpoint, user, poison } = await poisoned();
  await using _endpoint = endpoint;
  const dying: string[] = [];
  for (let i = 0; i < 8; i++) dying.push((await publishMail(stack, user)).id);
  for (const id of dying) poison.add(id);
  await using _role = runRole(stack, { retryScheduleMs: [20], breaker: NEVER_OPEN });
  {
    await using _full = await fillDead();
    for (const id of dying) expect(await mailIs(stack, id, "dead")).toBeDefined();
    const good: string[] = [];
    for (let i = 0; i < 20; i++) good.push((await publishMail(stack, user)).id);
    for (const id of good) await mailIs(stack, id, "delivered");
    await eventually(
      "the lane to say so",
      async () => (await readLane(user))?.lettersFullAt ?? undefined,
    );
    expect(stack.log.lines.filter((line) => line.includes("letters.no_room"))).toHaveLength(1);
    for (const id of dying) {
      expect(await letterRow(id)).toMatchObject({
        streamSeq: null,
        attempts: 2,
        lastError: "the endpoint answered 400",
      });
      expect((await readAttempts(stack, id)).map(({ outcome }) => outcome)).toEqual([
        "retry",
        "dead",
      ]);
    }
    // As long as DEAD has no free space, NATS gives the waiting events to the lane again and again.
    // Waits until this has happened many times.
    await eventually("further looks", async () => {
      const info = await stack.bus.jsm.consumers.info(EVENTS, laneConsumer(user.partner.id));
      return info.delivered.consumer_seq > 50 ? true : undefined;
    });
    for (const id of dying)
      expect(endpoint.posted.filter((one) => readWebhookId(one) === id)).toHaveLength(2);
  }
  for (const id of dying) await isBuried(id);
  for (const id of dying) {
    const stored = await stack.bus.jsm.streams.getMessage(DEAD, {
      seq: (await letterRow(id))?.streamSeq ?? 0,
    });
    expect(stored?.json()).toMatchObject({ event: { id }, attempts: 2 });
  }
  expect(endpoint.posted).toHaveLength(16 + 20);
  await eventually("nothing to wait any more", async () => {
    const info = await stack.bus.jsm.consumers.info(EVENTS, laneConsumer(user.partner.id));
    return info.num_ack_pending + info.num_pending === 0 ? true : undefined;
  });
  await eventually("the lane to have room", async () =>
    (await readLane(user))?.lettersFullAt === null ? true : undefined,
  );
});

test("a partner at its quota of dead letters uses no room of other partners", async () => {
  const first = await poisoned();
  await using _first = first.endpoint;
  const second = await poisoned();
  await using _second = second.endpoint;
  const raw = () => new Uint8Array(40_000).fill(0x61);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    const { id } = await publishMail(stack, first.user, raw());
    first.poison.add(id);
    ids.push(id);
  }
  // The quota allows two letters of 53 KB each, but not three.
  const settings = { retryScheduleMs: [], deadQuotaBytes: 120_000, breaker: NEVER_OPEN };
  await using _role = runRole(stack, settings);
  for (const id of ids) await mailIs(stack, id, "dead");
  const rows = () => Promise.all(ids.map(letterRow));
  const buried = async () => (await rows()).filter((row) => row?.streamSeq !== null);
  await eventually("two to be buried", async () =>
    (await buried()).length === 2 ? true : undefined,
  );
  const other = await publishMail(stack, second.user, raw());
  second.poison.add(other.id);
  await isBuried(other.id);
  await eventually(
    "the lane to say so",
    async () => (await readLane(first.user))?.lettersFullAt ?? undefined,
  );
  expect(await readLane(second.user)).toMatchObject({ lettersFullAt: null });
  expect(await buried()).toHaveLength(2);
  // Frees the space of one letter, as a redelivery or a deletion does.
  const [known] = await buried();
  const wasBuried = eq(deadLetters.eventId, known?.eventId ?? "");
  await stack.db.update(deadLetters).set({ letterBytes: 0 }).where(wasBuried);
  await eventually("a third", async () => ((await buried()).length === 3 ? true : undefined));
});

test("a letter that waits for room is redelivered once it has room, and leaves nothing behind", async () => {
  const { endpoint, user, poison } = await poisoned();
  await using _endpoint = endpoint;
  const { id } = await publishMail(stack, user);
  poison.add(id);
  await using _role = runRole(stack, { retryScheduleMs: [], breaker: NEVER_OPEN });
  await using _letters = runDeadLetters(stack, stack);
  {
    await using _full = await fillDead();
    await mailIs(stack, id, "dead");
    await eventually(
      "the lane to say so",
      async () => (await readLane(user))?.lettersFullAt ?? undefined,
    );
    expect(await redeliver(stack, user.partner.id, { eventId: id })).toBe(1);
    poison.delete(id);
  }
  await redelivered(stack, id);
  await cleared(stack, user);
  expect(endpoint.posted.map(readWebhookId)).toEqual([id, id]);
});

test("an event that EVENTS would forget before DEAD has room ends as a letter without its mail", async () => {
  const { endpoint, user, poison } = await poisoned();
  await using _endpoint = endpoint;
  const { id } = await publishMail(stack, user);
  poison.add(id);
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  await using _full = await fillDead();
  await using _role = runRole(stack, { retryScheduleMs: [], breaker: NEVER_OPEN }, { clock });
  await mailIs(stack, id, "dead");
  aheadMs = 71 * HOUR_MS;
  await eventually("it to be acknowledged", async () => {
    const info = await stack.bus.jsm.consumers.info(EVENTS, laneConsumer(user.partner.id));
    return info.num_ack_pending + info.num_pending === 0 ? true : undefined;
  });
  expect(await letterRow(id)).toMatchObject({ streamSeq: null, attempts: 1 });
  const warned = stack.log.lines.filter((line) => line.includes("letter.without_payload"));
  expect(warned.filter((line) => line.includes(id))).toHaveLength(1);
  expect(endpoint.posted).toHaveLength(1);
});
