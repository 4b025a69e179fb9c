import { afterAll, beforeAll, expect, test } from "vitest";
import { eventSubject } from "../../../fleet/bus/subjects.ts";
import type { AttemptRecord } from "../../../fleet/webhook/record/attempt-record.ts";
import { createRecorder } from "../../../fleet/webhook/record/recorder.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { NewMailEvent } from "../../../shared/users/events.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { awaitLetter, handBack, mailIs, readAttempts } from "../read-attempts.ts";
import {
  countBodies,
  newMail,
  newWebhookUser,
  publishMail,
  publishParts,
  recordMail,
} from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const newUserAt = async (url: string) =>
  newWebhookUser(stack, await stack.newPartner({ newMailWebhook: url }));

const readNumbers = async (eventId: string) =>
  (await readAttempts(stack, eventId)).map(({ attempt, outcome }) => `${attempt} ${outcome}`);

/**
 * Returns the fields that are common to all records of an event, including its position in EVENTS.
 */
async function identifyStored(event: NewMailEvent) {
  const stored = await stack.bus.jsm.streams.getMessage("EVENTS", {
    last_by_subj: eventSubject(event),
  });
  const { id: event_id, partner_id, user_id, kind } = event;
  return { event_id, partner_id, user_id, kind, event_seq: stored?.seq ?? 0 };
}

const say = (record: AttemptRecord) =>
  createRecorder(stack.bus).record(record, AbortSignal.timeout(10_000));

test("an event that was returned without a try uses up no attempt", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n <= 2 ? 500 : 200 }));
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  await handBack(stack, user.partner.id, 5);
  await using _role = runRole(stack);
  await mailIs(stack, event.id, "delivered");
  expect(await readNumbers(event.id)).toEqual(["1 retry", "2 retry", "3 delivered"]);
});

test("an attempt shows when the next one is due, and the last one shows nothing", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n <= 1 ? 500 : 200 }));
  const event = await publishMail(stack, await newUserAt(endpoint.url));
  await using _role = runRole(stack);
  await mailIs(stack, event.id, "delivered");
  const [first, last] = await readAttempts(stack, event.id);
  expect(first?.nextAttemptAt?.getTime()).toBeGreaterThan(first?.attemptedAt.getTime() ?? Infinity);
  expect(last).toMatchObject({ outcome: "delivered", nextAttemptAt: null });
});

test("an event whose end is on record and whose ack was lost is not sent again", async () => {
  await using endpoint = await startEndpoint();
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  await handBack(stack, user.partner.id, 1);
  await say({
    ...(await identifyStored(event)),
    outcome: "delivered",
    attempt: 1,
    attempted_at_ms: Date.now(),
    duration_ms: 1,
    status: 200,
    error: null,
    answer: "",
  });
  await using _role = runRole(stack);
  await eventually(
    "the body to go",
    async () => (await countBodies(stack, user)) === 0 || undefined,
  );
  expect(endpoint.posted).toEqual([]);
});

test("an event that is published again on purpose begins at 1", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n % 2 ? 500 : 200 }));
  const user = await newUserAt(endpoint.url);
  const mail = newMail(user);
  await recordMail(stack, mail);
  const event = await publishParts(stack, mail);
  {
    await using _role = runRole(stack);
    await mailIs(stack, event.id, "delivered");
  }
  const subject = `body.${event.partner_id}.${event.user_id}`;
  const body = await stack.bus.publish({ subject, id: `${event.id}:again`, payload: mail.raw });
  const again = { ...event, body_seq: body.seq, body_key: null };
  await stack.bus.publish({
    subject: eventSubject(again),
    id: `${event.id}:again`,
    payload: JSON.stringify(again),
  });
  await handBack(stack, user.partner.id, 1);
  await using _role = runRole(stack);
  await eventually("four attempts", async () =>
    (await readNumbers(event.id)).length === 4 ? true : undefined,
  );
  expect(await readNumbers(event.id)).toEqual(["1 retry", "2 delivered", "1 retry", "2 delivered"]);
});

test("an event that is too old at its next turn is a dead letter with its last error", async () => {
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  await using endpoint = await startEndpoint(() => {
    aheadMs = 3_600_000;
    return { status: 500 };
  });
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  const settings = { retryScheduleMs: [100, 100], eventMaxAgeMs: 1_800_000 };
  await using _role = runRole(stack, settings, { clock });
  expect(await awaitLetter(stack, event.id)).toMatchObject({
    attempts: 1,
    lastError: "it is too old: the endpoint answered 500",
    unreadable: false,
  });
  expect(await mailIs(stack, event.id, "dead")).toMatchObject({
    reason: "it is too old: the endpoint answered 500",
  });
  expect(endpoint.posted).toHaveLength(1);
});

test("an event that NATS delivered often is watched, and is still delivered", async () => {
  await using endpoint = await startEndpoint();
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  await handBack(stack, user.partner.id, 30);
  await using _role = runRole(stack);
  await mailIs(stack, event.id, "delivered");
  expect(await readNumbers(event.id)).toEqual(["1 delivered"]);
});

test("an event that crashes every process goes to DEAD, and its lane continues", async () => {
  await using endpoint = await startEndpoint();
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  await handBack(stack, user.partner.id, 30);
  // Simulates that this event has killed five processes, each of which recorded that it took the
  // event.
  await say({
    ...(await identifyStored(event)),
    outcome: "taken",
    takes: 5,
    attempts: 2,
    last_error: null,
    taken_at_ms: Date.now(),
  });
  await using _role = runRole(stack);
  const next = await publishMail(stack, user);
  expect(await awaitLetter(stack, event.id)).toMatchObject({
    attempts: 2,
    lastError: "every instance that tries to deliver it crashes, and was never answered",
  });
  await mailIs(stack, next.id, "delivered");
  expect(endpoint.posted).toHaveLength(1);
});

test("a mail whose envelope cannot be read dies with that reason", async () => {
  await using endpoint = await startEndpoint();
  const user = await newUserAt(endpoint.url);
  const event = await publishMail(stack, user);
  const subject = `body.${event.partner_id}.${event.user_id}`;
  const id = "evt_unreadable";
  const body = await stack.bus.publish({ subject, id, payload: "Subject: x\r\n\r\n" });
  const apart = await stack.bus.publish({ subject, id: `${id}.envelope`, payload: "[]" });
  const other = {
    ...event,
    id,
    body_seq: body.seq,
    body_key: null,
    envelope: null,
    envelope_seq: apart.seq,
  };
  const payload = JSON.stringify(other);
  await stack.bus.publish({ subject: eventSubject(other), id, payload });
  await using _role = runRole(stack);
  expect(await awaitLetter(stack, id)).toMatchObject({
    attempts: 7,
    lastError: "the mail's envelope in BODIES cannot be read",
  });
  await mailIs(stack, event.id, "delivered");
});
