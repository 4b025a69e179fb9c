import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mailLogs } from "../../db/mail/tables.ts";
import { EVENTS } from "../../fleet/bus/subjects.ts";
import type { Sessions } from "../../fleet/mailbox/session/sessions.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import {
  type InHouseMailServer,
  startInHouse,
} from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { runRole } from "../webhook/running-role.ts";
import { makeMail, newDeliveringUser, postsById } from "./delivering-user.ts";
import { retryScheduleMs, startSweepers } from "./start-sweepers.ts";

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates)),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function makeDayPartition(at: Date): Promise<void> {
  const day = at.toISOString().slice(0, 10);
  const next = new Date(at.getTime() + 86_400_000).toISOString().slice(0, 10);
  const name = `mail_logs_${day.replaceAll("-", "")}`;
  await stack.db.execute(
    sql.raw(`create table if not exists ${name} partition of mail_logs
      for values from ('${day} 00:00:00+00') to ('${next} 00:00:00+00')`),
  );
}

/**
 * Creates two mails that were recorded this many days ago. NATS has lost their events, and no
 * instance watches the user.
 */
async function forgottenMails(user: MailUser, days: number): Promise<void> {
  {
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (const n of [1, 2]) await stack.server.deliver(user.address, makeMail(n));
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
const readStates = async (user: MailUser) =>
  (await user.recorded(2)).map(({ state, reason }) => [state, reason]);

test("mail of a user that was not watched for six days is lost, and delivered when its mailbox is open again", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await forgottenMails(user, 7);
  {
    await using _sweepers = startSweepers(stack, nobody);
    await untilAll(user, "lost");
    expect(await readStates(user)).toEqual([
      ["lost", "mailbox_not_reached"],
      ["lost", "mailbox_not_reached"],
    ]);
    expect(stack.log.lines.filter((line) => line.includes('"sweeper.forgotten"'))).not.toEqual([]);
  }
  await using sessions = stack.openSessions();
  await using _sweepers = startSweepers(stack, sessions);
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
  await using _sweepers = startSweepers(stack, sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  await untilAll(user, "delivered");
  expect(Object.values(postsById(endpoint.posted))).toEqual([1, 1]);
});

test("mail whose event is lost and that is gone from its mailbox is lost, and raises an alarm", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await forgottenMails(user, 5.5);
  server.imap.expunge(user.address, "INBOX", 2);
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  await using _sweepers = startSweepers(stack, sessions);
  await using _role = runRole(stack, { retryScheduleMs });
  await eventually("the one to be lost, and the other delivered", async () => {
    const states = (await readStates(user)).map(([state]) => state);
    return states.includes("lost") && states.includes("delivered") ? true : undefined;
  });
  expect(await readStates(user)).toContainEqual(["lost", "expunged"]);
  const alarms = stack.log.lines.filter((line) => line.includes('"mail.lost"'));
  expect(alarms.some((line) => line.includes(user.account.userId))).toBe(true);
});
