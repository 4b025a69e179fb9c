import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "../../../db/deliveries/tables.ts";
import type { Bus } from "../../../fleet/bus/bus.ts";
import { deleteBodies } from "../../../fleet/bus/stored-body.ts";
import { BODIES, EVENTS, laneConsumer, laneFilter } from "../../../fleet/bus/subjects.ts";
import { createRecentAttempts } from "../../../fleet/webhook/attempt/recent-attempts.ts";
import { partnerKeyring } from "../../../fleet/webhook/attempt/partner-keys.ts";
import { webhookAddresses } from "../../../fleet/webhook/attempt/webhook-address.ts";
import { type DeliveryDeps, deliverEvent } from "../../../fleet/webhook/delivery/deliver-event.ts";
import { partnerDirectory } from "../../../fleet/webhook/lane/partner-directory.ts";
import { createRecorder } from "../../../fleet/webhook/record/recorder.ts";
import { systemClock } from "../../../shared/clock.ts";
import { toParsedJson } from "../../../fleet/webhook/payload/parsed-mail.ts";
import { createPlaces } from "../../../shared/concurrency/places.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { awaitLetter } from "../read-attempts.ts";
import { countBodies, newWebhookUser, publishMail, type TestUser } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const HOUR_MS = 3_600_000;
const MAX_AGE_MS = 2_000;
const TIMEOUT_MS = 2_000;
/**
 * A lane at rest (paused, or with an open circuit breaker) gives up an event after its maximum age
 * plus the time limit of an attempt plus this time. By then, no attempt is in progress.
 */
const SETTLE_MS = 45_000;

const readLaneInfo = ({ partner }: TestUser) =>
  stack.bus.jsm.consumers.info(EVENTS, laneConsumer(partner.id));

async function readLastEvent({ partner }: TestUser) {
  const stored = await stack.bus.jsm.streams.getMessage(EVENTS, {
    last_by_subj: laneFilter(partner.id),
  });
  if (!stored) throw new Error("No event");
  return stored;
}

test("the oldest events become dead letters while they wait for a retry, and younger ones are not pulled", async () => {
  await using endpoint = await startEndpoint(() => ({
    status: 503,
    headers: { "retry-after": "3600" },
  }));
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const old: string[] = [];
  for (let i = 0; i < 12; i++) old.push((await publishMail(stack, user)).id);
  let nowMs = 0;
  const clock = { ...systemClock, now: () => nowMs || systemClock.now() };
  const breaker = { openMs: HOUR_MS, maxOpenMs: HOUR_MS };
  const settings = { breaker, eventMaxAgeMs: MAX_AGE_MS, attemptTimeoutMs: TIMEOUT_MS };
  await using _role = runRole(stack, settings, { clock });
  await eventually("it to open", () =>
    stack.log.lines.find((line) => line.includes("breaker.opened")),
  );
  const given = await eventually("the attempts to end", async () => {
    const info = await readLaneInfo(user);
    const isAtRest = info.num_pending + info.num_waiting === 0;
    return isAtRest && endpoint.posted.length === 12 ? info : undefined;
  });
  const { id: young } = await publishMail(stack, user);
  // Sets the clock to the last moment before the young event expires.
  const youngMs = (await readLastEvent(user)).time.getTime();
  nowMs = youngMs + MAX_AGE_MS + TIMEOUT_MS + SETTLE_MS;
  for (const id of old) {
    expect(await awaitLetter(stack, id)).toMatchObject({
      attempts: 1,
      lastError: "it is too old: the endpoint answered 503",
    });
  }
  await eventually("the old ones to be gone", async () => {
    const info = await readLaneInfo(user);
    return info.num_pending + info.num_ack_pending === 1 ? true : undefined;
  });
  expect((await readLaneInfo(user)).delivered.consumer_seq).toBe(given.delivered.consumer_seq);
  const letters = stack.db.select().from(deadLetters).where(eq(deadLetters.eventId, young));
  expect(await letters).toEqual([]);
  nowMs += 1;
  expect(await awaitLetter(stack, young)).toMatchObject({ attempts: 0 });
  await eventually("nothing to be left of them", async () => {
    const info = await readLaneInfo(user);
    const left = info.num_pending + info.num_ack_pending + (await countBodies(stack, user));
    return left === 0 ? true : undefined;
  });
  expect(endpoint.posted).toHaveLength(12);
});

const settings = {
  retryScheduleMs: [20],
  eventMaxAgeMs: HOUR_MS,
  attemptTimeoutMs: TIMEOUT_MS,
  maxAttachmentBytes: 1_024,
};

/** Returns the deps of a delivery. Their bus counts how many bodies are read. */
async function deliveryDeps() {
  const partners = partnerDirectory(stack.db);
  await partners.refresh();
  const { direct } = stack.bus.jsm;
  let bodiesRead = 0;
  const getMessage: typeof direct.getMessage = (stream, query) => {
    if (stream === BODIES) bodiesRead++;
    return direct.getMessage(stream, query);
  };
  const bus: Bus = {
    ...stack.bus,
    jsm: Object.assign(Object.create(stack.bus.jsm), {
      direct: Object.assign(Object.create(direct), { getMessage }),
    }),
  };
  const deps: DeliveryDeps = {
    ...stack,
    bus,
    clock: systemClock,
    recorder: createRecorder(bus),
    openAddress: webhookAddresses(stack.vaults.partner),
    parseMail: toParsedJson,
    places: createPlaces(1),
    openKeys: partnerKeyring(stack.vaults.partner),
    findPartner: partners.find,
    mayAttempt: () => true,
    beginAttempt: createRecentAttempts(systemClock).begin,
    onAttempt() {},
    onGuarded() {},
  };
  return { deps, bodiesRead: () => bodiesRead };
}

test("takes without an attempt do not count and load no body, however many there are", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const { id } = await publishMail(stack, user);
  const { seq, subject, data, time } = await readLastEvent(user);
  const { deps, bodiesRead } = await deliveryDeps();
  const { signal } = new AbortController();
  const taken = { subject, id, seq, data, storedAtMs: time.getTime(), traceparent: null };
  for (let deliveries = 1; deliveries <= 60; deliveries++) {
    const closed = { ...deps, mayAttempt: () => false };
    const end = await deliverEvent(closed, settings, { ...taken, deliveries }, signal);
    expect(end).toMatchObject({ kind: "again" });
  }
  expect(bodiesRead()).toBe(0);
  expect(endpoint.posted).toEqual([]);
  const end = await deliverEvent(deps, settings, { ...taken, deliveries: 61 }, signal);
  expect(end).toMatchObject({ kind: "done" });
  expect(endpoint.posted).toHaveLength(1);
});

test("an event that has ended is not attempted again, even if NATS has lost its ack and the count of its deliveries", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const { id } = await publishMail(stack, user);
  const { seq, subject, data, time } = await readLastEvent(user);
  const { deps } = await deliveryDeps();
  const { signal } = new AbortController();
  const storedAtMs = time.getTime();
  const taken = { subject, id, seq, data, storedAtMs, traceparent: null, deliveries: 1 };
  const end = await deliverEvent(deps, settings, taken, signal);
  if (end.kind !== "done") throw new Error(`The event is not delivered: ${end.kind}`);
  await deleteBodies(stack.bus, end.bodySeqs);
  expect(await deliverEvent(deps, settings, taken, signal)).toEqual({ kind: "done", bodySeqs: [] });
  expect(endpoint.posted).toHaveLength(1);
});
