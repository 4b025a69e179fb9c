import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../../../db/client.ts";
import { openTcpDatabase } from "../../../db/drivers/tcp-database.ts";
import { CursorMoved } from "../../../db/mail/cursors.ts";
import {
  type MailRecord,
  prepareMails,
  recordMailGroup,
  type RecordMails,
} from "../../../db/mail/mail-logs.ts";
import { RecordGroups } from "../../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { systemClock } from "../../../shared/clock.ts";
import { newId } from "../../../shared/ids.ts";
import type { DatabaseStack } from "../../harness/stacks/database-stack.ts";
import { startDatabaseStack } from "../../harness/stacks/start-database-stack.ts";

let stack: DatabaseStack;
let connectionId: string;
beforeAll(async () => {
  stack = await startDatabaseStack();
  const { id: partnerId } = await stack.newPartner();
  connectionId = newId("con");
  await stack.db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')`,
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const never = new AbortController().signal;

/** Creates users. The cursor of each INBOX is at UID 0. Returns the user ids in ascending order. */
async function newUsers(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId("usr")).toSorted();
  const list = sql`jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as id`;
  await stack.db.execute(
    sql`insert into users (id, connection_id, tag) select id, ${connectionId}, id from ${list}`,
  );
  await stack.db.execute(
    sql`insert into cursors (user_id, mailbox, uid_validity, last_uid) select id, 'INBOX', 1, 0 from ${list}`,
  );
  return ids;
}

const newMail = (uid: number): MailRecord => ({
  eventId: newId("evt"),
  uid,
  messageId: `<${uid}@mail.example>`,
  messageIdHash: newId("evt"),
  sha1: newId("evt"),
  contentHash: newId("evt"),
  sizeBytes: 1_000,
  internalDate: new Date("2026-11-30T10:00:00Z"),
  streamSeq: uid,
  state: "queued",
  reason: null,
});

/** Returns the records for the next mail in the user's INBOX. Its UID is `fromUid + 1`. */
const nextMail = (userId: string, fromUid = 0, changes: Partial<MailRecord> = {}): RecordMails => ({
  userId,
  accountEpoch: 0,
  mailbox: "INBOX",
  uidValidity: 1,
  records: [{ ...newMail(fromUid + 1), ...changes }],
  advance: { fromUid, toUid: fromUid + 1 },
  retryParkedAt: new Date("2026-11-30T11:00:00Z"),
});

/**
 * Returns for each user, in the order of `userIds`: the UID of the cursor, the UIDs in mail_logs,
 * and the number of rows in seen.
 */
async function readRecorded(userIds: readonly string[]) {
  const { rows } = await stack.db.execute<{ cursor: number; logs: number[]; seen: number }>(sql`
    select last_uid::integer as cursor,
           array(select uid::integer from mail_logs where user_id = id order by recorded_at, uid) as logs,
           (select count(*)::integer from seen where user_id = id) as seen
    from jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb) with ordinality as wanted (id, place)
    join cursors on user_id = id order by place`);
  return rows;
}
const RECORDED = { cursor: 1, logs: [1], seen: 1 };
const UNRECORDED = { cursor: 0, logs: [], seen: 0 };

/** Returns `RecordGroups` for this database, and a function that counts their SQL statements. */
function countingGroups(db: Db = stack.db) {
  let statements = 0;
  const { session } = db._;
  const prepareQuery: typeof session.prepareQuery = (...given) => {
    statements++;
    return session.prepareQuery(...given);
  };
  const counted = Object.assign(Object.create(session), { prepareQuery });
  const counting = Object.assign(Object.create(db), { _: { ...db._, session: counted } });
  const groups = new RecordGroups({ db: counting, clock: systemClock });
  return { groups, statements: () => statements };
}

const toOutcomes = async (recording: readonly Promise<void>[]) =>
  (await Promise.allSettled(recording)).map((it) =>
    it.status === "fulfilled" ? "recorded" : it.reason instanceof CursorMoved ? "moved" : "failed",
  );

test("mails of 500 users at the same time are recorded in few statements, each for its user", async () => {
  const users = await newUsers(500);
  const { groups, statements } = countingGroups();
  const shuffled = users.toSorted((one, other) => one.slice(-3).localeCompare(other.slice(-3)));
  await Promise.all(shuffled.map((userId) => groups.record(nextMail(userId))));
  expect(new Set((await readRecorded(users)).map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify(RECORDED)]),
  );
  expect(statements()).toBeLessThan(20);
  const { rows } = await stack.db.execute(sql`
    select count(*)::integer as touched from user_freshness
    where last_email_at is not null and user_id in (select jsonb_array_elements_text(${JSON.stringify(users)}::jsonb))`);
  expect(rows).toEqual([{ touched: 500 }]);
});

/**
 * Calls `record()` for all mails at the same time. If each is of a different user, the first two
 * get a statement each, and the others share a third one.
 */
const recordTogether = (groups: RecordGroups, mails: readonly RecordMails[]) =>
  toOutcomes(mails.map((one) => groups.record(one)));

test("a cursor that has moved concerns its user alone", async () => {
  const users = await newUsers(6);
  const { groups, statements } = countingGroups();
  const mails = users.map((userId, i) => nextMail(userId, i === 3 ? 7 : 0));
  const outcomes = await recordTogether(groups, mails);
  expect(outcomes).toEqual(["recorded", "recorded", "recorded", "moved", "recorded", "recorded"]);
  const recorded = await readRecorded(users);
  expect(recorded).toEqual(users.map((_, i) => (i === 3 ? UNRECORDED : RECORDED)));
  expect(statements()).toBe(3);
});

test.each([
  ["a value that Postgres refuses", { uid: 1e30 }],
  ["a text that Postgres cannot hold", { contentHash: "\0" }],
])("mails with %s fail alone", async (_name, changes) => {
  const users = await newUsers(6);
  const { groups } = countingGroups();
  const mails = users.map((userId, i) => nextMail(userId, 0, i === 4 ? changes : {}));
  const outcomes = await recordTogether(groups, mails);
  expect(outcomes).toEqual(mails.map((_, i) => (i === 4 ? "failed" : "recorded")));
  expect(await readRecorded(users)).toEqual(mails.map((_, i) => (i === 4 ? UNRECORDED : RECORDED)));
});

test("mails with an invalid date, and mails of a removed user, fail alone", async () => {
  const users = await newUsers(6);
  const [, , removed = "", undated = ""] = users;
  await stack.db.execute(sql`delete from users where id = ${removed}`);
  const { groups } = countingGroups();
  const mails = users.map((userId) => ({
    ...nextMail(userId, 0, userId === undated ? { internalDate: new Date(NaN) } : {}),
    ...(userId === removed && { advance: null }),
  }));
  const outcomes = await recordTogether(groups, mails);
  expect(outcomes).toEqual(["recorded", "recorded", "failed", "failed", "recorded", "recorded"]);
});

test("mails of one user are recorded in the order of the calls", async () => {
  const [userId = "", ...others] = await newUsers(4);
  const { groups } = countingGroups();
  const mails = [0, 1, 2, 3].map((fromUid) => nextMail(userId, fromUid));
  const outcomes = recordTogether(groups, [...mails, ...others.map((other) => nextMail(other))]);
  expect(await outcomes).toEqual(Array.from({ length: 7 }, () => "recorded"));
  const [recorded] = await readRecorded([userId]);
  expect(recorded).toEqual({ cursor: 4, logs: [1, 2, 3, 4], seen: 4 });
});

test("a mailbox that is scanned by date records mails without its cursor, and each once", async () => {
  const users = await newUsers(5);
  const { groups } = countingGroups();
  const mails = users.map((userId) => ({ ...nextMail(userId), advance: null }));
  await Promise.all([...mails, ...mails].map((one) => groups.record(one)));
  expect(await readRecorded(users)).toEqual(users.map(() => ({ ...RECORDED, cursor: 0 })));
});

test("a user whose row is locked holds up nobody else", async () => {
  const users = await newUsers(8);
  const locked = users.slice(0, 3);
  const { groups } = countingGroups();
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const transaction = stack.db.transaction(async (tx) => {
    for (const userId of locked)
      await tx.execute(sql`select 1 from users where id = ${userId} for update`);
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const [own, others] = [locked, users.slice(3)].map((ids) =>
    ids.map((userId) => groups.record(nextMail(userId))),
  );
  await Promise.all(others ?? []);
  expect(await readRecorded(locked)).toEqual(locked.map(() => UNRECORDED));
  release.resolve();
  await transaction;
  await Promise.all(own ?? []);
  expect(await readRecorded(users)).toEqual(users.map(() => RECORDED));
});

test("two instances that record mails of the same users do not deadlock, and each mail has one winner", async () => {
  const users = await newUsers(60);
  await using other = openTcpDatabase({ url: stack.address.url, maxConnections: 4 });
  for (let fromUid = 0; fromUid < 10; fromUid++) {
    const [one, two] = [countingGroups().groups, countingGroups(other.db).groups];
    const mails = users.map((userId) => nextMail(userId, fromUid));
    const [outcomes, otherOutcomes] = await Promise.all([
      recordTogether(one, mails),
      recordTogether(two, mails.toReversed()),
    ]);
    const pairs = outcomes.map((outcome, i) => [outcome, otherOutcomes.at(-1 - i)].toSorted());
    expect(pairs).toEqual(users.map(() => ["moved", "recorded"]));
  }
});

test("two statements over the same users, in opposite orders, do not deadlock", async () => {
  const users = await newUsers(100);
  await using other = openTcpDatabase({ url: stack.address.url, maxConnections: 1 });
  for (let fromUid = 0; fromUid < 10; fromUid++) {
    const group = users.map((userId) => prepareMails(nextMail(userId, fromUid)));
    const [one, two] = await Promise.all([
      recordMailGroup(stack.db, group),
      recordMailGroup(other.db, group.toReversed()),
    ]);
    expect(one.size + two.size).toBe(users.length);
    expect(one.union(two).size).toBe(users.length);
  }
});

test("all fail when the database cannot be reached", async () => {
  const users = await newUsers(5);
  const closed = openTcpDatabase({ url: stack.address.url, maxConnections: 2 });
  await closed[Symbol.asyncDispose]();
  const { groups, statements } = countingGroups(closed.db);
  const outcomes = await recordTogether(
    groups,
    users.map((userId) => nextMail(userId)),
  );
  expect(outcomes).toEqual(users.map(() => "failed"));
  expect(statements()).toBeLessThanOrEqual(3);
});

test("searches of several users are few statements, and find each user's own mails", async () => {
  const users = await newUsers(20);
  const { groups, statements } = countingGroups();
  const mails = users.map((userId) => nextMail(userId));
  await Promise.all(mails.map((one) => groups.record(one)));
  const before = statements();
  const nothing = { eventId: null, sha1: null, messageIdHash: null, contentHash: null };
  const search = async (userId: string, key: Partial<typeof nothing | MailRecord>) => {
    const { eventId, sha1, messageIdHash, contentHash } = { ...nothing, ...key };
    const found = await groups.find(
      { userId, mails: [{ eventId, sha1, messageIdHash, contentHash }] },
      never,
    );
    return new Set(found.map((row) => row.eventId));
  };
  const found = await Promise.all(
    mails.map(async ({ userId, records: [mail = newMail(1)] }, i) => {
      const { eventId, sha1, messageIdHash, contentHash } = mail;
      const other = users[(i + 1) % users.length] ?? "";
      return {
        ids: [eventId],
        byEvent: [...(await search(userId, { eventId }))],
        byBody: [...(await search(userId, { sha1 }))],
        byName: [...(await search(userId, { messageIdHash, contentHash }))],
        byNameAlone: [...(await search(userId, { messageIdHash }))],
        byContentAlone: [...(await search(userId, { contentHash }))],
        ofAnother: [...(await search(other, { sha1, messageIdHash, contentHash }))],
      };
    }),
  );
  for (const { ids, ...ways } of found)
    expect(ways).toEqual({
      ...{ byEvent: ids, byBody: ids, byName: ids },
      ...{ byNameAlone: [], byContentAlone: [], ofAnother: [] },
    });
  expect(statements() - before).toBeLessThan(60);
});

test("a mail that is remembered by its Message-ID alone is found by it", async () => {
  const [userId = ""] = await newUsers(1);
  const { groups } = countingGroups();
  const old = nextMail(userId, 0, { sha1: null, contentHash: null });
  await groups.record(old);
  const key = { eventId: null, sha1: "new", contentHash: "new" };
  const [mail] = old.records;
  const messageIdHash = mail?.messageIdHash ?? null;
  const found = await groups.find({ userId, mails: [{ ...key, messageIdHash }] }, never);
  expect(found).toEqual([{ eventId: mail?.eventId, messageIdHash, sha1: null, contentHash: null }]);
});
