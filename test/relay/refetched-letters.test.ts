import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestResend } from "../../db/mail/resends.ts";
import { mailLogs } from "../../db/mail/tables.ts";
import { DEAD } from "../../fleet/bus/subjects.ts";
import { createResends } from "../../fleet/relay/resends.ts";
import { createSweeper } from "../../fleet/relay/sweeper.ts";
import type { Sessions } from "../../fleet/mailbox/session/sessions.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import {
  type InHouseMailServer,
  startInHouse,
} from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import {
  letterThat,
  redeliver,
  runDeadLetters,
  startDown,
} from "../webhook/dead-letters/dying-user.ts";
import { runRole } from "../webhook/running-role.ts";
import { makeMail, newDeliveringUser, readWebhookId } from "./delivering-user.ts";

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates)),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

function runSweeper(sessions: Sessions): AsyncDisposable {
  const { bus, db, log } = stack;
  const stop = new AbortController();
  const running = createSweeper(
    { bus, db, log, clock: systemClock, ...sessions },
    { intervalMs: 100, ageMs: 500, retryScheduleMs: [] },
  ).run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** Has requested mails sent again. It runs no sweeper, which would fetch them, too. */
function runResends(sessions: Sessions): AsyncDisposable {
  const { db, log } = stack;
  const stop = new AbortController();
  const deps = { db, log, clock: systemClock, ...sessions };
  const running = createResends(deps, { intervalMs: 100 }).run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

/** Creates two dead letters, and deletes their payloads from the stream DEAD. */
async function lostLetters(user: MailUser): Promise<string[]> {
  for (const n of [1, 2]) await stack.server.deliver(user.address, makeMail(n));
  const ids = (await user.recorded(2)).map(({ eventId }) => eventId);
  for (const id of ids) await letterThat(stack, id, "of the mail", () => true);
  await stack.bus.jsm.streams.purge(DEAD, { filter: `dead.${user.account.partnerId}.>` });
  return ids;
}

test("a mail that DEAD has lost is redelivered from its mailbox; if it is gone there, the reason is shown", async () => {
  await using endpoint = await startDown();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  await using _role = runRole(stack, { retryScheduleMs: [] });
  const [kept = "", gone = ""] = await lostLetters(user);
  const died = endpoint.posted.length;
  endpoint.isDown = false;
  server.imap.expunge(user.address, "INBOX", 2);
  await using _letters = runDeadLetters(stack, stack);
  await using _sweeper = runSweeper(sessions);
  expect(await redeliver(stack, user.account.partnerId)).toBe(2);
  await letterThat(stack, kept, "to be delivered", ({ redeliveredAt }) => redeliveredAt !== null);
  const error = "the mail is no longer stored, and it is no longer in its mailbox";
  await letterThat(stack, gone, "back", ({ redeliveryError }) => redeliveryError === error);
  expect(endpoint.posted.slice(died).map(readWebhookId)).toEqual([kept]);
  const rows = await eventually("their states", async () => {
    const found = await stack.db
      .select()
      .from(mailLogs)
      .where(eq(mailLogs.userId, user.account.userId))
      .orderBy(mailLogs.uid);
    return found[0]?.state === "delivered" ? found : undefined;
  });
  expect(rows).toMatchObject([
    { state: "delivered" },
    { state: "dead", reason: "the endpoint answered 500" },
  ]);
});

test("the sweeper does not touch a redelivery that waits long", async () => {
  await using endpoint = await startDown();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  let id = "";
  {
    await using _role = runRole(stack, { retryScheduleMs: [] });
    await stack.server.deliver(user.address, makeMail(1));
    id = (await user.recorded(1))[0]?.eventId ?? "";
    await letterThat(stack, id, "of the mail", () => true);
  }
  const died = endpoint.posted.length;
  endpoint.isDown = false;
  await using _letters = runDeadLetters(stack, stack);
  await using _sweeper = runSweeper(sessions);
  await redeliver(stack, user.account.partnerId);
  // No instance delivers now, so the event waits. Meanwhile, the sweeper runs three times and must
  // not publish the event again.
  const lines = stack.log.lines.length;
  const swept = () =>
    stack.log.lines.slice(lines).filter((line) => line.includes('"sweeper.swept"'));
  await eventually("three sweeps", () => (swept().length >= 3 ? true : undefined));
  expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
  await using _role = runRole(stack, { retryScheduleMs: [] });
  await letterThat(stack, id, "to be delivered", ({ redeliveredAt }) => redeliveredAt !== null);
  expect(endpoint.posted.slice(died).map(readWebhookId)).toEqual([id]);
});

test("delivered mails are sent again under their webhook-ids, each time it is asked for; one that is gone stays delivered", async () => {
  await using endpoint = await startDown();
  endpoint.isDown = false;
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  const { userId, partnerId } = user.account;
  sessions.watch(user.account);
  await user.watching();
  await using _role = runRole(stack, { retryScheduleMs: [] });
  const areDelivered = (reasons: readonly (string | null)[]) =>
    eventually("the mails to be delivered", async () => {
      const rows = await stack.db
        .select()
        .from(mailLogs)
        .where(eq(mailLogs.userId, userId))
        .orderBy(mailLogs.uid);
      const isDone = rows.every(
        ({ state, reason }, n) => state === "delivered" && reason === reasons[n],
      );
      return isDone && rows.length === 2 ? rows : undefined;
    });
  for (const n of [1, 2]) await stack.server.deliver(user.address, makeMail(n));
  const rows = await areDelivered([null, null]);
  const [first = "", second = ""] = rows.map(({ eventId }) => eventId);
  const request = { partnerId, eventIds: [first, second], actor: "admin:test" };

  await using _resends = runResends(sessions);
  expect(await stack.db.transaction((tx) => requestResend(tx, request))).toBe(2);
  await areDelivered([null, null]);
  expect(endpoint.posted.map(readWebhookId).toSorted()).toEqual(
    [first, first, second, second].toSorted(),
  );

  server.imap.expunge(user.address, "INBOX", 2);
  expect(await stack.db.transaction((tx) => requestResend(tx, request))).toBe(2);
  const [again] = await areDelivered([null, "not_resent"]);
  expect(endpoint.posted.slice(4).map(readWebhookId)).toEqual([first]);
  expect(again?.firstRecordedAt).toEqual(rows[0]?.recordedAt);
});
