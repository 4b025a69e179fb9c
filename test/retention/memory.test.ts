import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seen } from "../../db/mail/tables.ts";
import { appendMail } from "../harness/mail-servers/mail-client.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { eventually } from "../harness/eventually.ts";
import { type MailUser, newMailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { forceRound } from "./run-retention.ts";

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

/**
 * Creates a user with one mail for each element of `days`. The mail arrived and was recorded this
 * many days ago.
 */
async function readLongAgo(days: readonly number[]): Promise<MailUser> {
  const user = await newMailUser(stack, { createdAt: daysAgo(2_000) });
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await user.watching();
  for (const [n, age] of days.entries()) {
    await appendMail(stack.server, user, makeMail(n), daysAgo(age));
  }
  await user.recorded(days.length);
  await stack.db.execute(sql`
    update seen set seen_at = mail.internal_date + interval '1 second'
    from mail_logs as mail where mail.event_id = seen.event_id and seen.user_id = ${user.account.userId}`);
  return user;
}

const remembered = async ({ account }: MailUser) =>
  (await stack.db.select().from(seen).where(eq(seen.userId, account.userId))).length;

/**
 * Gives all mail new UIDs, delivers one more mail, and lets a session read the mailbox. Returns the
 * subjects of all events of the user.
 */
async function readAgain(user: MailUser): Promise<string[]> {
  await stack.server.resetUidValidity(user.address);
  await appendMail(stack.server, user, makeMail(100));
  await using sessions = stack.openSessions();
  sessions.watch(user.account);
  await eventually("the reset", async () => (await user.resets())[0]);
  await eventually("the new mail", async () =>
    (await user.events()).some(({ envelope }) => envelope?.subject === "100") ? true : undefined,
  );
  return (await user.events()).map(({ envelope }) => envelope?.subject ?? "");
}

test("a mailbox that was silent for years is read again, and no mail comes twice", async () => {
  const user = await readLongAgo([801, 800]);
  await forceRound(stack.db);
  expect(await remembered(user)).toBe(2);
  expect(await readAgain(user)).toEqual(["0", "1", "100"]);
});

test("memory of mail that is never read again is deleted, and no mail is delivered twice", async () => {
  const user = await readLongAgo([801, 800, 500, 399, 2]);
  expect(await forceRound(stack.db)).toMatchObject({ seen_deleted: 3 });
  expect(await remembered(user)).toBe(2);
  expect(await readAgain(user)).toEqual(["0", "1", "2", "3", "4", "100"]);
});

test("mail since the oldest parked one is remembered: it is looked for again", async () => {
  const user = await readLongAgo([810, 700, 600, 1]);
  await stack.db.execute(sql`
    insert into parked_mails (event_id, user_id, mailbox, uid_validity, uid, internal_date, next_try_at)
    values ('evt_parked', ${user.account.userId}, 'INBOX', 1, 99, now() - interval '701 days', now())`);
  expect(await forceRound(stack.db)).toMatchObject({ seen_deleted: 1 });
  expect(await remembered(user)).toBe(3);
});

test("a user without a cursor keeps its memory", async () => {
  const user = await readLongAgo([900, 1]);
  await stack.db.execute(sql`delete from cursors where user_id = ${user.account.userId}`);
  expect(await forceRound(stack.db)).not.toHaveProperty("seen_deleted");
  expect(await remembered(user)).toBe(2);
});

test("thousands of rows that must stay do not keep older ones from going", async () => {
  const [silent, lively] = [await readLongAgo([950]), await readLongAgo([940, 1])];
  await stack.db.execute(sql`
    insert into seen (event_id, user_id, seen_at)
    select 'evt_silent_' || n, ${silent.account.userId}, now() - interval '945 days' + n * interval '1 second'
    from generate_series(1, 2500) as n`);
  expect(await forceRound(stack.db)).toMatchObject({ seen_deleted: 1 });
  expect(await remembered(lively)).toBe(1);
  expect(await remembered(silent)).toBe(2_501);
});
