import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordMails, type RecordMails } from "../../db/mail/mail-logs.ts";
import { storeFreshness } from "../../db/users/user-freshness.ts";
import { searchUsers } from "../../db/users/user-list.ts";
import { findUserById, findVersionedUser } from "../../db/users/users.ts";
import { newId } from "../../shared/ids.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
beforeAll(async () => {
  stack = await startDatabaseStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function newUser() {
  const { id: partnerId } = await stack.newPartner();
  const [connectionId, userId] = [newId("con"), newId("usr")];
  await stack.db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')`,
  );
  await stack.db.execute(
    sql`insert into users (id, connection_id, tag) values (${userId}, ${connectionId}, 'X')`,
  );
  return { partnerId, userId };
}

const [early, late] = [new Date("2026-11-23T10:00:00Z"), new Date("2026-11-23T11:00:00Z")];
const hear = (userId: string, at: Date, caughtUpAt: Date | null = null) =>
  storeFreshness(stack.db, {
    heardAt: new Map([[userId, at]]),
    caughtUpAt: new Map(caughtUpAt ? [[userId, caughtUpAt]] : []),
  });

/** Returns the row's `xmin` and `ctid`, which PostgreSQL changes when it rewrites the row. */
async function readVersion(userId: string) {
  const { rows } = await stack.db.execute(
    sql`select xmin::text, ctid::text from users where id = ${userId}`,
  );
  return rows[0];
}

test("the time of a server's last answer rewrites no row of users, and never goes back", async () => {
  const { userId } = await newUser();
  const before = await readVersion(userId);
  await hear(userId, late);
  await hear(userId, early);
  await hear(newId("usr"), late);
  expect(await readVersion(userId)).toEqual(before);
  expect((await findUserById(stack.db, userId))?.lastHeardAt).toEqual(late);
});

const mailOf = (userId: string): RecordMails => ({
  ...{ userId, accountEpoch: 0, mailbox: "INBOX", uidValidity: 1, advance: null },
  retryParkedAt: late,
  records: [
    {
      ...{ eventId: newId("evt"), uid: 1, messageId: null, messageIdHash: null, sha1: null },
      ...{ contentHash: null, sizeBytes: 1, internalDate: late, streamSeq: 1, reason: null },
      state: "queued",
    },
  ],
});

test("a mail rewrites no row of users, and all readers see when it was published", async () => {
  const { partnerId, userId } = await newUser();
  const before = await readVersion(userId);
  const startMs = Date.now();
  await recordMails(stack.db, mailOf(userId));
  expect(await readVersion(userId)).toEqual(before);
  const user = await findUserById(stack.db, userId);
  expect(user?.lastEmailAt?.getTime()).toBeGreaterThanOrEqual(startMs);
  expect(user?.lastHeardAt).toEqual(user?.lastEmailAt);
  const found = await searchUsers(
    stack.db,
    { partnerId },
    { order: "-created", after: undefined, limit: 1 },
  );
  expect(found.map(({ lastEmailAt }) => lastEmailAt)).toEqual([user?.lastEmailAt]);
  const ofEarlier = new Date("2099-11-30T10:00:00Z");
  await stack.db.execute(
    sql`update users set last_email_at = ${ofEarlier.toISOString()} where id = ${userId}`,
  );
  const imported = await findUserById(stack.db, userId);
  expect([imported?.lastEmailAt, imported?.lastHeardAt]).toEqual([ofEarlier, ofEarlier]);
});

test.each([
  ["an earlier instance has heard it since", early, late],
  ["an earlier instance has heard it before", late, early],
])("all readers see the later time where %s", async (_when, own, ofEarlier) => {
  const { partnerId, userId } = await newUser();
  await stack.db.execute(
    sql`update users set last_heard_at = ${ofEarlier.toISOString()} where id = ${userId}`,
  );
  await hear(userId, own);
  const user = await findUserById(stack.db, userId);
  expect(user?.lastHeardAt).toEqual(late);
  const ofWrite = user && (await findVersionedUser(stack.db, user.connectionId, user.tag));
  expect(ofWrite?.lastHeardAt).toEqual(late);
  const found = await searchUsers(
    stack.db,
    { partnerId },
    { order: "-created", after: undefined, limit: 1 },
  );
  expect(found.map(({ lastHeardAt }) => lastHeardAt)).toEqual([late]);
});

test("the lag is the time since the server confirmed that all mail was seen, while it is watched", async () => {
  const { userId } = await newUser();
  const lagOf = async () => (await findUserById(stack.db, userId))?.lagSeconds;
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const watch = (seconds: number) => sql`
    update users set state = 'watching', state_changed_at = ${secondsAgo(seconds).toISOString()}
    where id = ${userId}`;
  expect(await lagOf()).toBeNull();
  await stack.db.execute(watch(5_000));
  await hear(userId, secondsAgo(0));
  expect(Math.floor(((await lagOf()) ?? 0) / 100)).toBe(50);
  await hear(userId, secondsAgo(0), secondsAgo(720));
  await hear(userId, secondsAgo(0), secondsAgo(900));
  await hear(userId, secondsAgo(0));
  await stack.db.execute(watch(0));
  expect(Math.floor(((await lagOf()) ?? 0) / 100)).toBe(7);
  await hear(userId, secondsAgo(0), secondsAgo(-100));
  expect(await lagOf()).toBe(0);
  await stack.db.execute(sql`update users set state = 'backoff' where id = ${userId}`);
  expect(await lagOf()).toBeNull();
});
