import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transmitLogs } from "../../../db/deliveries/tables.ts";
import { DEAD } from "../../../fleet/bus/subjects.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { breakAt } from "../../purge/break-at.ts";
import {
  cleared,
  countLetters,
  deadMail,
  findLetter,
  letterThat,
  findMailLog,
  newFellow,
  newUserAt,
  deadConnect,
  redeliver,
  redelivered,
  runDeadLetters,
  startDown,
} from "./dying-user.ts";
import { newMail, publishParts, recordMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startFleetStack();
  role = runRole(stack, { retryScheduleMs: [20] });
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const runLetters = () => runDeadLetters(stack, stack);

const readOutcomes = async (eventId: string) =>
  (await stack.db.select().from(transmitLogs).where(eq(transmitLogs.eventId, eventId)))
    .toSorted((a, b) => a.attemptedAt.getTime() - b.attemptedAt.getTime())
    .map(({ attempt, outcome }) => `${attempt} ${outcome}`);

test("a letter is redelivered under its original id, with new attempts, and leaves no payload", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const raw = Uint8Array.of(0x53, 0x3a, 0x20, 0xfc, 0x0d, 0x0a);
  const id = await deadMail(stack, user, raw);
  expect(await countLetters(stack, user)).toBe(1);
  endpoint.isDown = false;
  await using _letters = runLetters();
  expect(await redeliver(stack, user.partner.id, { eventId: id })).toBe(1);
  expect(await redelivered(stack, id)).toMatchObject({
    streamSeq: null,
    redeliverRequestedAt: null,
  });
  await cleared(stack, user);
  const [first, , last] = endpoint.posted;
  expect(endpoint.posted.map(({ headers }) => headers["webhook-id"])).toEqual([id, id, id]);
  const fresh = { timestamp: expect.any(Number), signature: expect.any(String) };
  expect(JSON.parse(last?.body ?? "")).toEqual({ ...JSON.parse(first?.body ?? ""), ...fresh });
  expect(await readOutcomes(id)).toEqual(["1 retry", "2 dead", "1 delivered"]);
  expect(await findMailLog(stack, id)).toMatchObject({ state: "delivered", reason: null });
  expect(await redeliver(stack, user.partner.id)).toBe(0);
});

test("an envelope that is too large for an event is redelivered with its mail", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const mail = newMail(user);
  await recordMail(stack, mail);
  const { id } = await publishParts(stack, mail, { envelopeApart: true });
  await letterThat(stack, id, "of the mail", () => true);
  endpoint.isDown = false;
  await using _letters = runLetters();
  await redeliver(stack, user.partner.id);
  await redelivered(stack, id);
  await cleared(stack, user);
  const envelopes = endpoint.posted.map(({ body }) => JSON.parse(body).envelope);
  expect(envelopes).toEqual([envelopes[0], envelopes[0], envelopes[0]]);
  expect(envelopes[0]).toMatchObject({ subject: "Grüße" });
});

test("an event that dies again is a letter again, and has one in DEAD", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  const first = await findLetter(stack, id);
  await using _letters = runLetters();
  for (let deaths = 1; deaths <= 2; deaths++) {
    const before = await findLetter(stack, id);
    await redeliver(stack, user.partner.id);
    const again = await letterThat(
      stack,
      id,
      "to die again",
      ({ streamSeq }) => streamSeq !== before?.streamSeq,
    );
    expect(again).toMatchObject({ attempts: 2, redeliverRequestedAt: null, redeliveredAt: null });
    expect(await findMailLog(stack, id)).toMatchObject({ state: "dead" });
  }
  await eventually("the older letters to go", async () =>
    (await countLetters(stack, user)) === 1 ? true : undefined,
  );
  const last = await letterThat(stack, id, "with one seq", (one) => one.obsoleteSeqs.length === 0);
  const stored = await stack.bus.jsm.streams.getMessage(DEAD, { seq: last.streamSeq ?? 0 });
  expect(stored?.header.get("Nats-Msg-Id")).toMatch(new RegExp(`^dead:${id}:redelivered-\\d+$`));
  expect(last.diedAt.getTime()).toBeGreaterThan(first?.diedAt.getTime() ?? Infinity);
  endpoint.isDown = false;
  await redeliver(stack, user.partner.id);
  await redelivered(stack, id);
  await cleared(stack, user);
});

test("many are delivered again by a filter, then all, each once", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const other = await newFellow(stack, user);
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push(await deadMail(stack, user));
  const others = [await deadMail(stack, other)];
  const died = endpoint.posted.length;
  endpoint.isDown = false;
  await using _letters = runLetters();
  await using _another = runLetters();
  const { partner, tag } = user;
  expect(await redeliver(stack, partner.id, { userTag: tag.toUpperCase() })).toBe(3);
  for (const id of ids) await redelivered(stack, id);
  for (const id of others)
    expect(await findLetter(stack, id)).toMatchObject({ redeliveredAt: null });
  expect(await redeliver(stack, partner.id)).toBe(1);
  for (const id of others) await redelivered(stack, id);
  const posted = endpoint.posted.slice(died).map(({ headers }) => String(headers["webhook-id"]));
  expect(posted.toSorted()).toEqual([...ids, ...others].toSorted());
});

test("a process that dies at any point loses no redelivery and repeats none", async () => {
  await using endpoint = await startDown();
  // The rounds use five partners in turn, so that no endpoint fails often enough to open its
  // circuit breaker.
  const users = await Promise.all(Array.from({ length: 5 }, () => newUserAt(stack, endpoint)));
  let deaths = 0;
  for (let n = 1; ; n++) {
    const user = users[n % users.length];
    if (!user) throw new Error("No user");
    endpoint.isDown = true;
    const id = await deadMail(stack, user);
    endpoint.isDown = false;
    const before = endpoint.posted.length;
    await redeliver(stack, user.partner.id);
    const breaking = breakAt(stack, n);
    const isDone = async () => {
      const letter = await findLetter(stack, id);
      return letter?.redeliveredAt !== null && letter?.obsoleteSeqs.length === 0;
    };
    {
      await using _dying = runDeadLetters(stack, breaking, { leaseMs: 1 });
      await eventually("its death or its end", async () =>
        breaking.isDead() || (await isDone()) ? true : undefined,
      );
    }
    if (await isDone()) break;
    deaths++;
    await using _letters = runDeadLetters(stack, stack, { leaseMs: 1 });
    await eventually("the letter to be done with", async () => (await isDone()) || undefined);
    await cleared(stack, user);
    const posted = endpoint.posted.slice(before).map(({ headers }) => headers["webhook-id"]);
    expect([n, posted]).toEqual([n, [id]]);
    expect(await findMailLog(stack, id)).toMatchObject({ state: "delivered" });
  }
  expect(deaths).toBeGreaterThan(4);
});

test("an event that began in PostgreSQL is delivered again", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadConnect(stack, user);
  endpoint.isDown = false;
  await using _letters = runLetters();
  await redeliver(stack, user.partner.id);
  await redelivered(stack, id);
  await cleared(stack, user);
  expect(JSON.parse(endpoint.posted.at(-1)?.body ?? "")).toMatchObject({
    email: "ann@example.org",
  });
});
