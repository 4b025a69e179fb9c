import { eq } from "drizzle-orm";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enqueueEvent } from "../../db/mail/outbox.ts";
import { cursors, mailLogs, outbox, seen } from "../../db/mail/tables.ts";
import { transmitLogs } from "../../db/deliveries/tables.ts";
import { BODIES, EVENTS } from "../../fleet/bus/subjects.ts";
import { createSweeper } from "../../fleet/relay/sweeper.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { sha1Hex } from "../../shared/mail/rfc822.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { runRole } from "../webhook/running-role.ts";
import { makeMail, newDeliveringUser, postsById, readWebhookId } from "./delivering-user.ts";
import { retryScheduleMs, startSweepers } from "./start-sweepers.ts";

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/**
 * Kills NATS, deletes its data and starts it again. Waits until the stack is connected again: a
 * request before that would fail after 5 s.
 */
async function wipeNats(): Promise<void> {
  const { nats } = stack.programs;
  const lines = stack.log.lines.length;
  await nats.stop("SIGKILL");
  await rm(stack.natsFolder, { recursive: true, force: true });
  await nats.start();
  await eventually("another connection", () =>
    stack.log.lines.slice(lines).find((line) => line.includes('"bus.reconnected"')),
  );
}

async function announce(user: MailUser): Promise<string> {
  const { partnerId, userId, tag } = user.account;
  const event = {
    id: newId("evt"),
    kind: "user_connected" as const,
    partner_id: partnerId,
    user_id: userId,
    user_tag: tag,
    imap_provider_code: "PLAIN",
    created_at_ms: Date.now(),
    sha1: sha1Hex(tag),
    email: user.address,
  };
  await enqueueEvent(stack.db, event);
  return event.id;
}

const allDelivered = (user: MailUser, count: number) =>
  eventually(`${count} mails to be delivered`, async () => {
    const rows = await user.recorded(count);
    return rows.every(({ state }) => state === "delivered") ? rows : undefined;
  });

const settled = (eventId: string) =>
  eventually(`${eventId} to be settled`, async () =>
    (await stack.db.select().from(outbox)).some((row) => row.eventId === eventId)
      ? undefined
      : true,
  );

test("undelivered events of a wiped NATS are delivered once, from the mailboxes and the outbox", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  let eventId: string;
  {
    await using _sweepers = startSweepers(stack, sessions);
    eventId = await announce(user);
    for (let n = 1; n <= 30; n++) await stack.server.deliver(user.address, makeMail(n));
    await user.recorded(30);
    await eventually("the publication", async () =>
      (await stack.db.select().from(outbox)).find(
        (row) => row.eventId === eventId && row.publishedAt !== null,
      ),
    );
  }
  await wipeNats();

  await using _sweepers = startSweepers(stack, sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  const rows = await allDelivered(user, 30);
  await settled(eventId);
  const expected = [...rows.map((row) => row.eventId), eventId];
  expect(postsById(endpoint.posted)).toEqual(Object.fromEntries(expected.map((id) => [id, 1])));
  const swept = stack.log.lines.filter((line) => line.includes('"sweeper.swept"'));
  expect(swept.length).toBeGreaterThan(0);
});

// Takes at least 5 s, because a request that NATS never received fails after 5 s.
test("events that waited for a retry when NATS was wiped under a running fleet are delivered", async () => {
  let isDown = true;
  await using endpoint = await startEndpoint(() => ({ status: isDown ? 503 : 200 }));
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  await using _role = runRole(stack, { retryScheduleMs });
  await using _sweepers = startSweepers(stack, sessions);
  sessions.watch(user.account);
  await user.watching();
  const eventId = await announce(user);
  for (let n = 1; n <= 10; n++) await stack.server.deliver(user.address, makeMail(n));
  await user.recorded(10);
  await eventually("an attempt of each", () =>
    Object.keys(postsById(endpoint.posted)).length === 11 ? true : undefined,
  );
  await wipeNats();
  isDown = false;
  const before = endpoint.posted.length;
  await allDelivered(user, 10);
  await settled(eventId);
  const since = endpoint.posted.slice(before).map(readWebhookId);
  expect(new Set(since).size).toBe(11);
});

test("a mail is restored if its body is gone, or its event is gone although NATS remembers its id", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  for (let n = 1; n <= 3; n++) await stack.server.deliver(user.address, makeMail(n));
  const rows = await user.recorded(3);
  const [hollow] = await user.events();
  const { streams } = stack.bus.jsm;
  await streams.deleteMessage(BODIES, hollow?.body_seq ?? 0);
  await streams.deleteMessage(EVENTS, rows[1]?.streamSeq ?? 0);

  await using _sweepers = startSweepers(stack, sessions);
  await eventually("the sequences to be new", async () => {
    const [first, second] = await user.recorded(3);
    const isNew =
      first?.streamSeq !== rows[0]?.streamSeq && second?.streamSeq !== rows[1]?.streamSeq;
    return isNew ? true : undefined;
  });
  await using _role = runRole(stack, { retryScheduleMs });
  await allDelivered(user, 3);
  expect(Object.values(postsById(endpoint.posted))).toEqual([1, 1, 1]);
});

test("a healthy fleet's mail is never published twice, even with a fast sweeper", async () => {
  await using endpoint = await startEndpoint(() => ({ status: 200, delayMs: 50 }));
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  await using _role = runRole(stack, { laneConcurrency: 2 });
  const { bus, db, log } = stack;
  const sweeper = createSweeper(
    { bus, db, log, clock: systemClock, ...sessions },
    { intervalMs: 10, ageMs: 0, retryScheduleMs: [] },
  );
  const stop = new AbortController();
  const running = sweeper.run(stop.signal);
  sessions.watch(user.account);
  await user.watching();
  for (let n = 1; n <= 60; n++) await stack.server.deliver(user.address, makeMail(n));
  const rows = await allDelivered(user, 60);
  stop.abort();
  await running;
  expect(postsById(endpoint.posted)).toEqual(
    Object.fromEntries(rows.map(({ eventId }) => [eventId, 1])),
  );
});

test("mail of an hour that PostgreSQL forgot is sent again under the same webhook-ids", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await using _role = runRole(stack, { retryScheduleMs });
  {
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (let n = 1; n <= 5; n++) await stack.server.deliver(user.address, makeMail(n));
    await allDelivered(user, 5);
  }
  const { userId } = user.account;
  await stack.db.delete(mailLogs).where(eq(mailLogs.userId, userId));
  await stack.db.delete(transmitLogs).where(eq(transmitLogs.userId, userId));
  await stack.db.delete(seen).where(eq(seen.userId, userId));
  await stack.db.update(cursors).set({ lastUid: 0 }).where(eq(cursors.userId, userId));

  await using sessions = stack.openSessions();
  await using _sweepers = startSweepers(stack, sessions);
  sessions.watch(user.account);
  const rows = await allDelivered(user, 5);
  expect(postsById(endpoint.posted)).toEqual(
    Object.fromEntries(rows.map(({ eventId }) => [eventId, 2])),
  );
});
