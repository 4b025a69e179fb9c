import { eq, sql } from "drizzle-orm";
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enqueueEvent } from "../../db/outbox.ts";
import { cursors, mailLogs, outbox, seen, transmitLogs } from "../../db/schema.ts";
import { BODIES, EVENTS } from "../../fleet/bus/subjects.ts";
import type { Sessions } from "../../fleet/mailbox/session/sessions.ts";
import { createOutboxSweeper } from "../../fleet/relay/outbox-sweeper.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { createSweeper } from "../../fleet/relay/sweeper.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { runTogether } from "../../shared/run-together.ts";
import { sha1Of } from "../../shared/rfc822.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { noCommands } from "../harness/no-commands.ts";
import { eventually } from "../harness/eventually.ts";
import { type InHouseMailServer, startInHouse } from "../harness/in-house-mail-server.ts";
import type { MailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { runRole } from "../webhook/running-role.ts";
import { idOf, mailOf, newDeliveringUser, postsById } from "./delivering-user.ts";

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates)),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const AGE_MS = 1_000;
const retryScheduleMs = [500, 500, 500, 500, 500, 500, 500, 500, 500, 500];

/** Relay and both sweepers, at a pace for tests. */
function startSweepers(sessions: Pick<Sessions, "userIds" | "refetch">): AsyncDisposable {
  const { bus, db, log, vaults } = stack;
  const deps = { bus, db, log, clock: systemClock };
  const settings = { intervalMs: 200, ageMs: AGE_MS, retryScheduleMs };
  const relay = {
    ...deps,
    mailboxVault: vaults.mailbox,
    partnerVault: vaults.partner,
    handlers: noCommands,
  };
  const stop = new AbortController();
  const running = runTogether(
    [
      (signal) => runRelay(relay, { intervalMs: 50 }, signal),
      createSweeper({ ...deps, ...sessions }, settings).run,
      createOutboxSweeper(deps, settings).run,
    ],
    stop.signal,
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** Returns when we are connected again: what is asked before is given up after 5 s. */
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
    sha1: await sha1Of(tag),
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

test("what a wiped NATS had not delivered comes again from the mailboxes and from the outbox, once", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  let eventId: string;
  {
    await using _sweepers = startSweepers(sessions);
    eventId = await announce(user);
    for (let n = 1; n <= 30; n++) await stack.server.deliver(user.address, mailOf(n));
    await user.recorded(30);
    await eventually("the publication", async () =>
      (await stack.db.select().from(outbox)).find(
        (row) => row.eventId === eventId && row.publishedAt !== null,
      ),
    );
  }
  await wipeNats();

  await using _sweepers = startSweepers(sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  const rows = await allDelivered(user, 30);
  await settled(eventId);
  const expected = [...rows.map((row) => row.eventId), eventId];
  expect(postsById(endpoint.posted)).toEqual(Object.fromEntries(expected.map((id) => [id, 1])));
  const swept = stack.log.lines.filter((line) => line.includes('"sweeper.swept"'));
  expect(swept.length).toBeGreaterThan(0);
});

// Takes 5 s and more: a request that NATS never got is given up after 5 s.
test("events that waited for a retry when NATS was wiped under a running fleet are delivered", async () => {
  let isDown = true;
  await using endpoint = await startEndpoint(() => ({ status: isDown ? 503 : 200 }));
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  await using _role = runRole(stack, { retryScheduleMs });
  await using _sweepers = startSweepers(sessions);
  sessions.watch(user.account);
  await user.watching();
  const eventId = await announce(user);
  for (let n = 1; n <= 10; n++) await stack.server.deliver(user.address, mailOf(n));
  await user.recorded(10);
  await eventually("an attempt of each", () =>
    Object.keys(postsById(endpoint.posted)).length === 11 ? true : undefined,
  );
  await wipeNats();
  isDown = false;
  const before = endpoint.posted.length;
  await allDelivered(user, 10);
  await settled(eventId);
  const since = endpoint.posted.slice(before).map(idOf);
  expect(new Set(since).size).toBe(11);
});

test("a mail whose body is gone, or whose event is gone though NATS remembers its id, is restored", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  for (let n = 1; n <= 3; n++) await stack.server.deliver(user.address, mailOf(n));
  const rows = await user.recorded(3);
  const [hollow] = await user.events();
  const { streams } = stack.bus.jsm;
  await streams.deleteMessage(BODIES, hollow?.body_seq ?? 0);
  await streams.deleteMessage(EVENTS, rows[1]?.streamSeq ?? 0);

  await using _sweepers = startSweepers(sessions);
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

test("a healthy fleet's mail is never published twice, however hasty the sweeper", async () => {
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
  for (let n = 1; n <= 60; n++) await stack.server.deliver(user.address, mailOf(n));
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
    for (let n = 1; n <= 5; n++) await stack.server.deliver(user.address, mailOf(n));
    await allDelivered(user, 5);
  }
  const { userId } = user.account;
  await stack.db.delete(mailLogs).where(eq(mailLogs.userId, userId));
  await stack.db.delete(transmitLogs).where(eq(transmitLogs.userId, userId));
  await stack.db.delete(seen).where(eq(seen.userId, userId));
  await stack.db.update(cursors).set({ lastUid: 0 }).where(eq(cursors.userId, userId));

  await using sessions = stack.openSessions();
  await using _sweepers = startSweepers(sessions);
  sessions.watch(user.account);
  const rows = await allDelivered(user, 5);
  expect(postsById(endpoint.posted)).toEqual(
    Object.fromEntries(rows.map(({ eventId }) => [eventId, 2])),
  );
});

async function makeDayPartition(at: Date): Promise<void> {
  const day = at.toISOString().slice(0, 10);
  const next = new Date(at.getTime() + 86_400_000).toISOString().slice(0, 10);
  const name = `mail_logs_${day.replaceAll("-", "")}`;
  await stack.db.execute(
    sql.raw(`create table if not exists ${name} partition of mail_logs
      for values from ('${day} 00:00:00+00') to ('${next} 00:00:00+00')`),
  );
}

/** Two mails whose events NATS has lost while nobody watches, and which were recorded days ago. */
async function forgottenMails(user: MailUser, days: number): Promise<void> {
  {
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (const n of [1, 2]) await stack.server.deliver(user.address, mailOf(n));
    await user.recorded(2);
  }
  const { partnerId, userId } = user.account;
  await stack.bus.jsm.streams.purge(EVENTS, { filter: `evt.${partnerId}.>` });
  const recordedAt = new Date(Date.now() - days * 86_400_000);
  await makeDayPartition(recordedAt);
  await stack.db.update(mailLogs).set({ recordedAt }).where(eq(mailLogs.userId, userId));
}
const nobody: Pick<Sessions, "userIds" | "refetch"> = {
  userIds: () => [],
  refetch: () => undefined,
};
const untilAll = (user: MailUser, state: string) =>
  eventually(`all mails to be ${state}`, async () => {
    const rows = await user.recorded(2);
    return rows.every((row) => row.state === state) ? rows : undefined;
  });
const statesOf = async (user: MailUser) =>
  (await user.recorded(2)).map(({ state, reason }) => [state, reason]);

test("mail of a user whom nobody has watched for six days is lost, and delivered when its mailbox is open again", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await forgottenMails(user, 7);
  {
    await using _sweepers = startSweepers(nobody);
    await untilAll(user, "lost");
    expect(await statesOf(user)).toEqual([
      ["lost", "mailbox_not_reached"],
      ["lost", "mailbox_not_reached"],
    ]);
    expect(stack.log.lines.filter((line) => line.includes('"sweeper.forgotten"'))).not.toEqual([]);
  }
  await using sessions = stack.openSessions();
  await using _sweepers = startSweepers(sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  sessions.watch(user.account);
  await untilAll(user, "delivered");
  expect(Object.values(postsById(endpoint.posted))).toEqual([1, 1]);
});

test("mail that was queued six days ago is fetched again without being lost, while its user is watched", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await forgottenMails(user, 5.5);
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await using _sweepers = startSweepers(sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  await untilAll(user, "delivered");
  expect(Object.values(postsById(endpoint.posted))).toEqual([1, 1]);
});

test("mail whose event is lost and which its mailbox no longer has is lost, and an alarm says so", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await forgottenMails(user, 5.5);
  server.imap.expunge(user.address, "INBOX", 2);
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await using _sweepers = startSweepers(sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  await eventually("the one to be lost, and the other delivered", async () => {
    const states = (await statesOf(user)).map(([state]) => state);
    return states.includes("lost") && states.includes("delivered") ? true : undefined;
  });
  expect(await statesOf(user)).toContainEqual(["lost", "expunged"]);
  const alarms = stack.log.lines.filter((line) => line.includes('"mail.lost"'));
  expect(alarms.some((line) => line.includes(user.account.userId))).toBe(true);
});
