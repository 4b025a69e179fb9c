import { afterAll, beforeAll, expect, test } from "vitest";
import { partners } from "../../db/partners/tables.ts";
import { ATTEMPTS, EVENTS } from "../../fleet/bus/subjects.ts";
import { createTrimmer, type TrimmerSettings } from "../../fleet/relay/trim/trimmer.ts";
import { openAttemptsConsumer, openLaneConsumer } from "../../fleet/bus/consumers.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const SETTINGS: TrimmerSettings = { intervalMs: 20, ageMs: 0, fillingShare: 0 };

/** Runs the trimmer for several rounds. */
async function trim(settings: Partial<TrimmerSettings> = {}): Promise<void> {
  const stop = new AbortController();
  let rounds = 0;
  const clock: Clock = {
    ...systemClock,
    sleep(ms, signal) {
      rounds++;
      return systemClock.sleep(ms, signal);
    },
  };
  const trimmer = createTrimmer(
    { ...stack, clock, ownsLane: () => true },
    { ...SETTINGS, ...settings },
  );
  const running = trimmer.run(stop.signal);
  await eventually("some rounds", () => rounds >= 3 || undefined);
  stop.abort();
  await running;
}

const messagesIn = async (stream: string) =>
  (await stack.bus.jsm.streams.info(stream)).state.messages;

/** Counts the messages of a partner in this stream. */
async function countStored(stream: string, prefix: string, partnerId: string): Promise<number> {
  const subjects_filter = `${prefix}.${partnerId}.>`;
  const { state } = await stack.bus.jsm.streams.info(stream, { subjects_filter });
  return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
}
const countEvents = (partnerId: string) => countStored(EVENTS, "evt", partnerId);
const countAttempts = (partnerId: string) => countStored(ATTEMPTS, "att", partnerId);

let ids = 0;
async function publish(subject: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await stack.bus.publish({ subject, id: `message-${++ids}`, payload: "{}" });
  }
}

const publishEvents = (partnerId: string, count: number) =>
  publish(`evt.${partnerId}.new_mail.usr_1`, count);
const publishAttempts = (partnerId: string, count: number) =>
  publish(`att.${partnerId}.usr_1`, count);

/**
 * Fetches events of the partner. Acknowledges the first `acked` of them, and leaves the other
 * `left` unacknowledged.
 */
async function take(partnerId: string, acked: number, left = 0): Promise<void> {
  const consumer = await openLaneConsumer(stack.bus, partnerId, 1_000);
  if (acked + left === 0) return;
  let taken = 0;
  for await (const message of await consumer.fetch({ max_messages: acked + left })) {
    if (taken++ < acked) await message.ackAck();
  }
}

async function writeAttempts(): Promise<void> {
  const consumer = await openAttemptsConsumer(stack.bus);
  const { num_pending: max_messages } = await consumer.info();
  if (max_messages === 0) return;
  for await (const message of await consumer.fetch({ max_messages })) await message.ackAck();
}

/** Empties the streams, and creates two partners. */
async function twoPartners(): Promise<[string, string]> {
  await stack.db.delete(partners);
  for (const stream of [EVENTS, ATTEMPTS]) await stack.bus.jsm.streams.purge(stream);
  return [(await stack.newPartner()).id, (await stack.newPartner()).id];
}

test("messages that every lane has acknowledged are deleted, and others stay", async () => {
  const [quick, slow] = await twoPartners();
  await publishEvents(quick, 10);
  await publishEvents(slow, 10);
  await publishEvents(quick, 10);
  await take(quick, 20);
  await take(slow, 4, 3);
  await trim({ fillingShare: 1 });
  // While EVENTS is not filling up, the trimmer deletes only events before the oldest
  // unacknowledged event: the fifth one of `slow`.
  expect([await countEvents(quick), await countEvents(slow)]).toEqual([10, 6]);
  await trim();
  expect([await countEvents(quick), await countEvents(slow)]).toEqual([0, 6]);
  await take(slow, 0);
  await publishEvents(quick, 1);
  await trim();
  expect([await countEvents(quick), await countEvents(slow)]).toEqual([1, 6]);
});

test("messages younger than the duplicate window stay", async () => {
  const [quick, slow] = await twoPartners();
  await publishEvents(quick, 10);
  await take(quick, 10);
  await take(slow, 0);
  await trim({ ageMs: 60_000 });
  expect(await countEvents(quick)).toBe(10);
});

test("events of a partner whose lane has never run stay, and those of a removed partner are deleted", async () => {
  const [quick, withoutLane] = await twoPartners();
  await publishEvents("prt_removed", 5);
  await publishEvents(withoutLane, 5);
  await publishEvents(quick, 5);
  await take(quick, 5);
  await trim();
  expect([await countEvents(quick), await countEvents(withoutLane)]).toEqual([0, 5]);
  await take(withoutLane, 5);
  await trim();
  expect(await messagesIn(EVENTS)).toBe(0);
});

test("written attempts are deleted, except those whose events wait for another attempt", async () => {
  const [quick, slow] = await twoPartners();
  await publishEvents(quick, 1);
  await publishAttempts(quick, 5);
  await publishAttempts(slow, 5);
  await take(quick, 1);
  await publishEvents(slow, 2);
  await publishAttempts(slow, 3);
  await publishAttempts(quick, 3);
  await take(slow, 0, 2);
  await trim();
  expect([await countAttempts(quick), await countAttempts(slow)]).toEqual([8, 8]);
  await writeAttempts();
  await trim();
  // The trimmer has kept the attempts that are newer than the oldest waiting event.
  expect([await countAttempts(quick), await countAttempts(slow)]).toEqual([3, 3]);
});
