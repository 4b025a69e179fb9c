import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../../db/client.ts";
import { readEventLog } from "../../db/mail/event-log.ts";
import { recordMails } from "../../db/mail/mail-logs.ts";
import { enqueueEvent } from "../../db/mail/outbox.ts";
import { settleMails } from "../../db/mail/parked-mails.ts";
import { endUserEvents } from "../../db/mail/user-events.ts";
import { newId } from "../../shared/ids.ts";
import { eventually } from "../harness/eventually.ts";
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
type TestUser = Awaited<ReturnType<typeof newUser>>;

async function enqueue(db: Db, { partnerId, userId }: TestUser): Promise<string> {
  const id = newId("evt");
  await enqueueEvent(db, {
    id,
    kind: "user_disconnected",
    partner_id: partnerId,
    user_id: userId,
    user_tag: "X",
    imap_provider_code: "PLAIN",
    created_at_ms: 0,
    sha1: "",
  });
  return id;
}

const readAll = async ({ partnerId }: TestUser) => {
  const page = { partnerId, after: undefined, kind: undefined, limit: 100 };
  return readEventLog(stack.db, page);
};
const readEventIds = async (user: TestUser) => (await readAll(user)).map((e) => e.position.eventId);

/**
 * Waits until the user has at least `count` events, and returns their ids. An internal transaction
 * of PostgreSQL may hide new events for a moment.
 */
const readUntil = (user: TestUser, count: number) =>
  eventually(`${count} events`, async () => {
    const events = await readAll(user);
    return events.length < count ? undefined : events.map((e) => e.position.eventId);
  });

test("a reader does not miss an event that commits late", async () => {
  const user = await newUser();
  const begun = Promise.withResolvers<string>();
  const release = Promise.withResolvers<void>();
  const slow = stack.db.transaction(async (tx) => {
    begun.resolve(await enqueue(tx, user));
    await release.promise;
  });
  const late = await begun.promise;
  const early = await enqueue(stack.db, user);
  // `early` has committed, but the log hides it until the older, open transaction ends.
  expect(await readEventIds(user)).toEqual([]);
  release.resolve();
  await slow;
  expect(await readUntil(user, 2)).toEqual([late, early]);
});

test("events are in the order of their numbers, and not of their digits", async () => {
  const user = await newUser();
  const [one, other] = [await enqueue(stack.db, user), await enqueue(stack.db, user)];
  const number = (id: string, seq: number) =>
    stack.db.execute(sql`update user_events set change_seq = ${seq} where event_id = ${id}`);
  await number(one, 99);
  await number(other, 100);
  const page = { partnerId: user.partnerId, after: undefined, kind: undefined, limit: 1 };
  const first = await readEventLog(stack.db, page);
  expect(first.map(({ position }) => position.eventId)).toEqual([one]);
});

const mail = (userId: string, state: "queued" | "parked", eventId: string) => ({
  userId,
  retryParkedAt: new Date(),
  records: [
    {
      eventId,
      uid: 1,
      messageId: "<1@x.test>",
      messageIdHash: null,
      sha1: null,
      contentHash: null,
      sizeBytes: 1,
      internalDate: new Date(),
      streamSeq: null,
      state,
      reason: null,
    },
  ],
});
const place = { accountEpoch: 0, mailbox: "INBOX", uidValidity: 1, advance: null };

test("a parked mail appears in the log when it is queued, after everything that was read by then", async () => {
  const user = await newUser();
  const [parked, queued] = [newId("evt"), newId("evt")];
  await recordMails(stack.db, { ...place, ...mail(user.userId, "parked", parked) });
  await recordMails(stack.db, { ...place, ...mail(user.userId, "queued", queued) });
  expect(await readUntil(user, 1)).toEqual([queued]);
  await settleMails(stack.db, mail(user.userId, "queued", parked));
  expect(await readUntil(user, 2)).toEqual([queued, parked]);
});

test("an event has one final state, and a skipped one is not in the log", async () => {
  const user = await newUser();
  const [one, other] = [await enqueue(stack.db, user), await enqueue(stack.db, user)];
  await endUserEvents(stack.db, [
    { eventId: one, state: "dead", reason: "gone" },
    { eventId: other, state: "skipped", reason: null },
  ]);
  await endUserEvents(stack.db, [{ eventId: one, state: "delivered", reason: null }]);
  await readUntil(user, 1);
  expect(await readAll(user)).toMatchObject([{ state: "dead", reason: "gone" }]);
});
