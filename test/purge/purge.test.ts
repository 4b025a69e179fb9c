import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPurge, type Purge } from "../../db/removal/purges.ts";
import { startConnectionRemoval, startUserRemoval } from "../../db/removal/removals.ts";
import { auditLog } from "../../db/admin/tables.ts";
import { deadLetters } from "../../db/deliveries/tables.ts";
import { mailLogs } from "../../db/mail/tables.ts";
import { partnerConnections } from "../../db/partners/tables.ts";
import { revocations } from "../../db/removal/tables.ts";
import { users } from "../../db/users/tables.ts";
import { createPurges } from "../../fleet/purge/purges.ts";
import type { PurgeSettings } from "../../fleet/purge/run-purge.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import {
  newMail,
  newWebhookUser,
  publishMail,
  publishParts,
  type TestUser,
} from "../webhook/published-mail.ts";
import { runRole } from "../webhook/running-role.ts";
import { breakAt } from "./break-at.ts";
import { findTraces } from "./traces.ts";
import { useEverywhere } from "./used-user.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const SOON: PurgeSettings = { leaseMs: 200, releaseMs: 0, settleMs: 200 };

function runPurges(settings = SOON, deps: Pick<FleetStack, "db" | "bus"> = stack) {
  const stop = new AbortController();
  const { log } = stack;
  const purges = createPurges(
    { db: deps.db, bus: deps.bus, log, clock: systemClock },
    { intervalMs: 50, ...settings },
  );
  const running = purges.run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const readConnectionId = async ({ id }: TestUser) => {
  const [row] = await stack.db.select().from(users).where(eq(users.id, id));
  return row?.connectionId ?? "";
};

const remove = async (user: TestUser) => {
  const connectionId = await readConnectionId(user);
  return stack.db.transaction((tx) =>
    startUserRemoval(tx, { partnerId: user.partner.id, connectionId, userId: user.id }),
  );
};

const readProgress = async ({ partnerId, id }: Purge) => {
  const purge = await findPurge(stack.db, id, partnerId);
  if (!purge) throw new Error("The purge is gone");
  return purge;
};

const finished = (purge: Purge) =>
  eventually("the purge to finish", async () => {
    const now = await readProgress(purge);
    return now.state === "finished" ? now : undefined;
  });

const findLeft = ({ id, partner }: TestUser) => findTraces(stack, partner.id, id);

/** Creates this many users in the connection of `first`. */
async function addUsers(first: TestUser, count: number): Promise<TestUser[]> {
  const connectionId = await readConnectionId(first);
  const added = Array.from({ length: count }, (_, i) => ({
    id: newId("usr"),
    connectionId,
    tag: `more ${i}`,
  }));
  await stack.db.insert(users).values(added);
  return added.map(({ id, tag }) => ({ id, tag, partner: first.partner }));
}

test("a removed user leaves nothing but a receipt, and another's data stays", async () => {
  const partner = await stack.newPartner();
  const user = await newWebhookUser(stack, partner);
  const [other] = await addUsers(user, 1);
  if (!other) throw new Error("No other user");
  for (const one of [user, other]) await useEverywhere(stack, one);
  const before = await findLeft(other);
  expect(await findLeft(user)).toEqual(before.map((name) => name.replaceAll(other.id, user.id)));
  expect(before.length).toBeGreaterThan(12);

  await using _purges = runPurges();
  const purge = await finished(await remove(user));
  expect(purge).toMatchObject({ scope: "user", total: 1, done: 1, mails: 1, attempts: 1 });
  expect(purge).toMatchObject({ deadLetters: 1, messages: 4 });
  expect(await findLeft(user)).toEqual([]);
  expect(await findLeft(other)).toEqual(before);
  const receipts = await stack.db.select().from(auditLog).where(eq(auditLog.subjectId, user.id));
  expect(receipts.map(({ action }) => action).toSorted()).toEqual([
    "purge.finished",
    "user.purged",
  ]);
  expect(JSON.stringify(receipts)).not.toContain(user.tag);
});

test("every table with data of users is cleared by a purge, or by the deletion of the user", async () => {
  const { rows } = await stack.db.execute<{ name: string }>(sql`
    select relname as name from pg_class
    join pg_attribute on attrelid = pg_class.oid and attname = 'user_id'
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
      and not exists (
        select 1 from pg_constraint
        where conrelid = pg_class.oid and confrelid = 'users'::regclass and confdeltype = 'c')
    order by 1`);
  const cleared = ["dead_letters", "spent_links", "transmit_logs"];
  const kept = ["purged_users", "removed_users", "revocations"];
  expect(rows.map(({ name }) => name)).toEqual([...cleared, ...kept].toSorted());
});

test("delivered, dead and waiting mail of a removed user is deleted, and no attempt reappears", async () => {
  await using endpoint = await startEndpoint(({ body }) => ({
    status: body.includes("fine") ? 200 : 500,
  }));
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const user = await newWebhookUser(stack, partner);
  const text = (subject: string) =>
    new TextEncoder().encode(`Subject: ${subject}\r\n\r\nHello\r\n`);
  {
    await using _role = runRole(stack);
    for (const subject of ["fine", "bad"]) await publishMail(stack, user, text(subject));
    await eventually("one to be delivered and one dead", async () => {
      const rows = await stack.db.select().from(mailLogs).where(eq(mailLogs.userId, user.id));
      const states = rows.map(({ state }) => state).toSorted();
      return states.join() === "dead,delivered" ? true : undefined;
    });
  }
  await publishMail(stack, user, text("waiting"));
  await using _role = runRole(stack, { retryScheduleMs: [60_000] });
  const posts = endpoint.posted.length;
  await eventually("the third to be tried", () =>
    endpoint.posted.length > posts ? true : undefined,
  );
  await using _purges = runPurges();
  const purge = await finished(await remove(user));
  expect(purge).toMatchObject({ mails: 3, deadLetters: 1 });
  expect(await findLeft(user)).toEqual([]);
});

test("events published or attempted during the removal of a user are deleted, too", async () => {
  const user = await newWebhookUser(stack, await stack.newPartner());
  await useEverywhere(stack, user);
  await using _purges = runPurges({ ...SOON, settleMs: 1_000 });
  const purge = await remove(user);
  await eventually("the user to be gone", async () =>
    (await readProgress(purge)).settleAt ? true : undefined,
  );
  const { id: eventId } = await publishParts(stack, newMail(user));
  await stack.db.insert(deadLetters).values({
    eventId,
    partnerId: user.partner.id,
    userId: user.id,
    kind: "new_mail",
    streamSeq: 1,
    attempts: 1,
    lastError: "",
    diedAt: new Date(),
  });
  expect((await findLeft(user)).length).toBeGreaterThan(2);
  await finished(purge);
  expect(await findLeft(user)).toEqual([]);
});

test("an event of a removed user without a body does not become a dead letter", async () => {
  await using endpoint = await startEndpoint();
  const user = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  const mail = newMail(user);
  await remove(user);
  const event = await publishParts(stack, mail);
  await stack.bus.jsm.streams.purge("BODIES", { filter: `body.${user.partner.id}.${user.id}` });
  await using _role = runRole(stack);
  const consumer = `deliver-${user.partner.id}`;
  await eventually("the event to be acknowledged", async () => {
    const info = await stack.bus.jsm.consumers.info("EVENTS", consumer).catch(() => undefined);
    return info?.num_pending === 0 && info.num_ack_pending === 0 && info.ack_floor.stream_seq > 0
      ? true
      : undefined;
  });
  expect(endpoint.posted).toEqual([]);
  expect(await findLeft(user)).not.toContain(`dead.${user.partner.id}.new_mail.${user.id}`);
  expect(event.body_seq).not.toBeNull();
});

test("tokens are noted for revocation once, before they are forgotten", async () => {
  const user = await newWebhookUser(stack, await stack.newPartner());
  await stack.db
    .update(partnerConnections)
    .set({ providerId: "prv_gmail_oauth2", oauth2ClientId: "client" })
    .where(eq(partnerConnections.id, await readConnectionId(user)));
  await stack.db.update(users).set({ sealedRefreshToken: "sealed" }).where(eq(users.id, user.id));
  await using _purges = runPurges();
  await finished(await remove(user));
  const noted = await stack.db.select().from(revocations).where(eq(revocations.userId, user.id));
  expect(noted).toMatchObject([{ sealedToken: "sealed", clientId: "client" }]);
});

test("a connection is deleted user by user, and the progress is visible", async () => {
  const first = await newWebhookUser(stack, await stack.newPartner());
  const all = [first, ...(await addUsers(first, 49))];
  for (const user of all) await publishMail(stack, user);
  const partnerId = first.partner.id;
  const connectionId = await readConnectionId(first);
  const ids = { partnerId, connectionId };
  const purge = await stack.db.transaction((tx) => startConnectionRemoval(tx, ids));
  if (!purge) throw new Error("Nothing was removed");
  expect(purge).toMatchObject({ state: "waiting", scope: "connection", total: 50, done: 0 });
  expect(await stack.db.transaction((tx) => startConnectionRemoval(tx, ids))).toBeUndefined();

  await using _purges = runPurges();
  const seenDone = new Set<number>();
  await eventually("the purge to finish", async () => {
    const { state, done } = await readProgress(purge);
    seenDone.add(done);
    return state === "finished" ? true : undefined;
  });
  expect([...seenDone].toSorted((a, b) => a - b)).toEqual([...seenDone]);
  expect(await readProgress(purge)).toMatchObject({ done: 50, mails: 50, messages: 100 });
  for (const user of [all[0], all[25], all[49]]) expect(user && (await findLeft(user))).toEqual([]);
  const rows = await stack.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.subjectId, connectionId), eq(auditLog.action, "purge.finished")));
  expect(rows).toMatchObject([{ details: { users: 50, mails: 50 } }]);
});

test("a purge that dies at any point is finished by another instance, and counts each thing once", async () => {
  let deaths = 0;
  for (let n = 1; ; n++) {
    const user = await newWebhookUser(stack, await stack.newPartner());
    await useEverywhere(stack, user);
    const purge = await remove(user);
    const breaking = breakAt(stack, n);
    {
      await using _dying = runPurges({ ...SOON, leaseMs: 1, settleMs: 0 }, breaking);
      await eventually("its death or its end", async () =>
        breaking.isDead() || (await readProgress(purge)).state === "finished" ? true : undefined,
      );
    }
    if (!breaking.isDead()) break;
    deaths++;
    await using _purges = runPurges({ ...SOON, leaseMs: 1, settleMs: 0 });
    const { done, mails, attempts, deadLetters: letters } = await finished(purge);
    expect({ n, done, mails, attempts, letters }).toEqual({
      n,
      done: 1,
      mails: 1,
      attempts: 1,
      letters: 1,
    });
    expect(await findLeft(user)).toEqual([]);
  }
  expect(deaths).toBeGreaterThan(10);
});
