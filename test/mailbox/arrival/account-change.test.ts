import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "../../../db/admin/tables.ts";
import { cursors, mailLogs } from "../../../db/mail/tables.ts";
import { insertSweep, beginSweep } from "../../../db/mail/sweeps.ts";
import { keepCertificates } from "../../../dev/stack/certificates.ts";
import { temporaryFolder } from "../../../dev/processes/temporary-folder.ts";
import { newId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import type { MailAccount } from "../../harness/mail-servers/mail-server.ts";
import { type ChangingUser, newChangingUser } from "./changing-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const mail = (subject: string) =>
  `From: bob@example.com\r\nMessage-ID: <${subject}@example.com>\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`;
const HOUR_AGO = () => new Date(Date.now() - 3_600_000);

/**
 * A stack with the in-house server, where all new accounts begin with the same UIDVALIDITY and with
 * UID 1.
 */
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const put = (account: MailAccount, subject: string, date?: Date) =>
  appendMail(stack.server, account, mail(subject), date);

const receives = (user: ChangingUser, subjects: readonly string[]) =>
  eventually(`${subjects.join(", ")} to be published`, async () => {
    const published = await user.subjects();
    return published.length >= subjects.length ? published : undefined;
  });

const accountAudit = (user: ChangingUser) =>
  stack.db
    .select({ action: auditLog.action, details: auditLog.details })
    .from(auditLog)
    .where(eq(auditLog.subjectId, user.account.userId));

/**
 * Creates a user and watches it. Delivers three mails to its first account, and stops watching when
 * they are recorded.
 */
async function userWithThree(): Promise<ChangingUser> {
  const user = await newChangingUser(stack);
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(user));
  await user.watching();
  for (const n of [1, 2, 3]) await put(user, `${user.login}-${n}`);
  await user.recorded(3);
  return user;
}

const three = ({ login }: ChangingUser) => [`${login}-1`, `${login}-2`, `${login}-3`];

test("the new account's new mail is delivered once although its UIDs are known, and no older mail", async () => {
  const user = await userWithThree();
  const other = await user.newAccount();
  await put(other, "before", HOUR_AGO());
  const account = await user.become(other);
  expect(account.epoch).toBe(1);
  await put(other, "between");
  await using sessions = stack.openSessions();
  sessions.watch(account);
  await user.watching();
  await put(other, "after");
  const wanted = [...three(user), "between", "after"];
  expect(await receives(user, wanted)).toEqual(wanted);
  const events = await user.events();
  expect(new Set(events.map(({ uid_validity }) => uid_validity)).size).toBe(1);
  expect(new Set(events.map(({ id }) => id)).size).toBe(5);
  expect(await accountAudit(user)).toEqual([
    {
      action: "user.account_changed",
      details: { epoch_before: 0, epoch: 1, watch_from: account.watchFrom.toISOString() },
    },
  ]);
});

test("a mail that the user got in its first account is not delivered again", async () => {
  const user = await userWithThree();
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(other));
  await user.watching();
  await put(other, `${user.login}-2`);
  await put(other, "new");
  const wanted = [...three(user), "new"];
  expect(await receives(user, wanted)).toEqual(wanted);
});

test("a user that returns to its first account continues where it stopped", async () => {
  const user = await userWithThree();
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(other));
  await user.watching();
  await put(other, "as-other");
  await receives(user, [...three(user), "as-other"]);
  await put(user, "meanwhile");
  const back = await user.become(user);
  expect(back.epoch).toBe(0);
  sessions.watch(back);
  await put(user, "back");
  const wanted = [...three(user), "as-other", "meanwhile", "back"];
  expect(await receives(user, wanted)).toEqual(wanted);
});

test("a login that never worked loses no mail of the right account", async () => {
  const user = await userWithThree();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become({ ...user, login: "nobody" }));
  await eventually("the login to be refused", async () =>
    (await user.state()).state === "auth_failed" ? true : undefined,
  );
  await put(user, "meanwhile");
  const other = await user.newAccount();
  await put(other, "of-other");
  sessions.watch(await user.become(other));
  await receives(user, [...three(user), "of-other"]);
  sessions.watch(await user.become(user));
  const wanted = [...three(user), "of-other", "meanwhile"];
  expect(await receives(user, wanted)).toEqual(wanted);
});

test("an account that changes in the middle of a catch-up gets no mail of the other", async () => {
  const user = await userWithThree();
  await using proxy = await startTamperingProxy(stack.server);
  const asked = Promise.withResolvers<void>();
  proxy.onCommand = (command) => {
    if (!/UID FETCH .*BODY/.test(command)) return "pass";
    asked.resolve();
    return "swallow";
  };
  for (const n of [4, 5]) await put(user, `${user.login}-${n}`);
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch({
    ...(await user.become(user)),
    server: { ...user.account.server, port: proxy.port },
  });
  await asked.promise;
  const account = await user.become(other);
  await put(other, "between");
  sessions.watch(account);
  const wanted = [...three(user), "between"];
  expect(await receives(user, wanted)).toEqual(wanted);
  sessions.watch(await user.become(user));
  const all = [...wanted, `${user.login}-4`, `${user.login}-5`];
  expect(await receives(user, all)).toEqual(all);
});

test("a session that does not know of the change records under its own account", async () => {
  const user = await userWithThree();
  await using late = stack.openSessions();
  late.watch(await user.become(user));
  await user.watching();
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(other));
  await user.watching();
  for (const n of [1, 2, 3, 4]) await put(other, `other-${n}`);
  await put(user, `${user.login}-4`);
  const rows = await user.recorded(8);
  expect(rows.map(({ uid }) => uid)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  expect(new Set(await user.subjects()).size).toBe(8);
  const positions = await stack.db
    .select({ epoch: cursors.accountEpoch, lastUid: cursors.lastUid })
    .from(cursors)
    .where(eq(cursors.userId, user.account.userId))
    .orderBy(cursors.accountEpoch);
  expect(positions).toEqual([
    { epoch: 0, lastUid: 4 },
    { epoch: 1, lastUid: 4 },
  ]);
});

test("a lost mail of the first account is not fetched from the second", async () => {
  const user = await userWithThree();
  const [lost] = await user.recorded(3);
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(other));
  await user.watching();
  await put(other, "uid-1");
  await receives(user, [...three(user), "uid-1"]);
  if (!lost) throw new Error("No mail is recorded");
  sessions.refetch(user.account.userId, [lost]);
  await eventually("the mail to be lost", async () => {
    const rows = await user.recorded(4);
    return rows.find(({ eventId, state }) => eventId === lost.eventId && state === "lost");
  });
  const [row] = await stack.db.select().from(mailLogs).where(eq(mailLogs.eventId, lost.eventId));
  expect(row).toMatchObject({ state: "lost", reason: "account_changed" });
  expect(await user.subjects()).toEqual([...three(user), "uid-1"]);
});

test("a parked mail of the first account is given up, with the reason", async () => {
  const user = await newChangingUser(stack);
  await using proxy = await startTamperingProxy(stack.server);
  proxy.onCommand = (command) =>
    /UID FETCH .*BODY/.test(command) ? { reply: "NO not now" } : "pass";
  await using sessions = stack.openSessions();
  const first = await user.become(user);
  await put(user, "parked");
  sessions.watch({ ...first, server: { ...first.server, port: proxy.port } });
  expect(await user.recorded(1)).toMatchObject([{ state: "parked" }]);
  const other = await user.newAccount();
  sessions.watch(await user.become(other));
  await put(other, "uid-1");
  await eventually("the mail to be given up", async () => {
    const rows = await user.recorded(2);
    return rows.find(({ reason }) => reason === "account_changed");
  });
  expect(await user.subjects()).toEqual(["uid-1"]);
});

test("mail that was published and not recorded before the change is recorded after it", async () => {
  const user = await userWithThree();
  const { userId } = user.account;
  // Simulates a process that died before it could record the last two mails.
  await stack.db.execute(sql`delete from seen where event_id in (
    select event_id from mail_logs where user_id = ${userId} and uid > 1)`);
  await stack.db.execute(sql`delete from mail_logs where user_id = ${userId} and uid > 1`);
  await stack.db.execute(sql`update cursors set last_uid = 1 where user_id = ${userId}`);
  const other = await user.newAccount();
  await using sessions = stack.openSessions();
  sessions.watch(await user.become(other));
  await user.watching();
  expect(await user.recorded(3)).toMatchObject([{ uid: 1 }, { uid: 2 }, { uid: 3 }]);
  sessions.watch(await user.become(user));
  await put(user, "back");
  const wanted = [...three(user), "back"];
  expect(await receives(user, wanted)).toEqual(wanted);
});

test("an account that has moved to another host gets the mail of the move, and no copy twice", async () => {
  const user = await userWithThree();
  await using folder = await temporaryFolder();
  await using host = await startInHouse(await keepCertificates(folder.path));
  await host.addAccount(user);
  for (const n of [1, 2, 3]) await appendMail(host, user, mail(`${user.login}-${n}`));
  await appendMail(host, user, mail("after-the-move"), HOUR_AGO());
  await using sessions = stack.openSessions();
  const account = await user.become(user, { host: host.host, port: host.port });
  expect(account.epoch).toBe(1);
  sessions.watch(account);
  const wanted = [...three(user), "after-the-move"];
  expect(await receives(user, wanted)).toEqual(wanted);
});

test("a sweep starts again in the mailbox of another account", async () => {
  const user = await userWithThree();
  const { userId } = user.account;
  const [since, until] = [HOUR_AGO(), new Date()];
  const { id } = await insertSweep(stack.db, {
    id: newId("swp"),
    userId,
    since,
    until,
    redeliver: false,
  });
  const place = { userId, mailbox: "INBOX", uidValidity: 1 };
  expect(await beginSweep(stack.db, id, { ...place, accountEpoch: 0 })).toBe(0);
  await stack.db.execute(sql`update sweeps set last_uid = 7 where id = ${id}`);
  expect(await beginSweep(stack.db, id, { ...place, accountEpoch: 0 })).toBe(7);
  expect(await beginSweep(stack.db, id, { ...place, accountEpoch: 1 })).toBe(0);
});
