import { eq } from "drizzle-orm";
import { createSecureContext } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RecordGroups } from "../../fleet/mailbox/catch-up/recording/record-groups.ts";
import { seen } from "../../db/mail/tables.ts";
import { findNewestSweep, insertSweep, type Sweep } from "../../db/mail/sweeps.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input/input-turns.ts";
import { connectImap } from "../../fleet/mailbox/imap/client-connection.ts";
import { newFetchMemory } from "../../fleet/mailbox/imap/fetch/fetch-patiently.ts";
import { createPace } from "../../fleet/quota/pace.ts";
import { runSweep } from "../../fleet/sweep/run-sweep.ts";
import { createSweeps } from "../../fleet/sweep/sweeps.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { endlessQuota } from "../harness/endless-quota.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailUser } from "../mailbox/mail-user.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";
import { runRole } from "../webhook/running-role.ts";
import { makeMail, newDeliveringUser, postsById } from "./delivering-user.ts";

let stack: SessionStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
  role = runRole(stack);
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const MINUTE_MS = 60_000;

interface RunningSweeps extends AsyncDisposable {
  wake(): void;
}

function makeDeps(user: MailUser, { password, clock }: { password: string; clock: Clock }) {
  const { bus, db, log } = stack;
  const { server, login } = user.account;
  return {
    ...{ bus, db, log, clock, quota: endlessQuota },
    recordGroups: new RecordGroups({ db, clock: systemClock }),
    wantsNewMail: async () => true,
    mayRead: () => true,
    connect: (_account: unknown, signal: AbortSignal) =>
      connectImap(
        {
          server,
          credentials: { kind: "password", username: login.username, password },
          secureContext: createSecureContext(),
          turns: new InputTurns(systemClock),
          maxLiteralBytes: 2 ** 21,
          timeouts: { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, logoutMs: 1_000 },
        },
        signal,
      ),
  };
}

/** Starts the sweeps of one user, as the instance that watches the user does. */
function startSweeps(
  user: MailUser,
  { ratePerS = 1_000, password = user.password, clock = systemClock } = {},
): RunningSweeps {
  const { userId } = user.account;
  const sweeps = createSweeps(
    { ...makeDeps(user, { password, clock }), userIds: () => [userId] },
    { intervalMs: 100, ratePerS, maxEmailSizeBytes: 2 ** 20, parkedRetryMs: 500 },
  );
  const stop = new AbortController();
  const running = sweeps.run(stop.signal);
  return {
    wake: sweeps.wake,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const askFor = (
  { account }: MailUser,
  { redeliver = false, since = -60 * MINUTE_MS, until = 60 * MINUTE_MS } = {},
) =>
  insertSweep(stack.db, {
    id: newId("swp"),
    userId: account.userId,
    since: new Date(Date.now() + since),
    until: new Date(Date.now() + until),
    redeliver,
  });

const ended = ({ id, userId }: Sweep) =>
  eventually("the sweep to end", async () => {
    const sweep = await findNewestSweep(stack.db, userId);
    return sweep?.id === id && sweep.finishedAt !== null ? sweep : undefined;
  });

const inState = (user: MailUser, count: number, state: string) =>
  eventually(`${count} mails to be ${state}`, async () => {
    const rows = await user.recorded(count);
    return rows.filter((row) => row.state === state).length === count ? rows : undefined;
  });

async function deliverMails(user: MailUser, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) await stack.server.deliver(user.address, makeMail(n));
}

/** Creates a user that is newer than its mails, so that the fleet skips them. */
async function userWithOldMail(endpoint: Awaited<ReturnType<typeof startEndpoint>>, mails: number) {
  const createdAt = new Date(Date.now() + 2 * MINUTE_MS);
  const user = await newDeliveringUser(stack, endpoint, { createdAt });
  await deliverMails(user, 1, mails);
  return user;
}

test("mail older than the user, skipped live, is delivered by a sweep, and by the next one not again", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await userWithOldMail(endpoint, 7);
  sessions.watch(user.account);
  await user.watching();
  const skipped = await inState(user, 7, "skipped");
  expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(["before_user"]));

  await using _sweeps = startSweeps(user);
  expect(await ended(await askFor(user))).toMatchObject({
    state: "finished",
    found: 7,
    published: 7,
    skipped: 0,
    error: null,
  });
  const delivered = await inState(user, 7, "delivered");
  expect(delivered.map(({ eventId }) => eventId)).toEqual(skipped.map(({ eventId }) => eventId));
  const memory = await stack.db.select().from(seen).where(eq(seen.userId, user.account.userId));
  expect(memory.every(({ messageIdHash, sha1 }) => messageIdHash !== null && sha1 !== null)).toBe(
    true,
  );

  expect(await ended(await askFor(user))).toMatchObject({ found: 7, published: 0, skipped: 7 });
  expect(Object.values(postsById(endpoint.posted))).toEqual(Array.from({ length: 7 }, () => 1));
});

test("delivered mail is sent again under its webhook-id when redelivery is asked for", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await newDeliveringUser(stack, endpoint);
  sessions.watch(user.account);
  await user.watching();
  await deliverMails(user, 1, 5);
  const first = await inState(user, 5, "delivered");

  await using _sweeps = startSweeps(user);
  const sweep = await ended(await askFor(user, { redeliver: true }));
  expect(sweep).toMatchObject({ state: "finished", found: 5, published: 5 });
  await eventually("each to be posted twice", () =>
    endpoint.posted.length >= 10 ? true : undefined,
  );
  expect(await inState(user, 5, "delivered")).toHaveLength(5);
  expect(postsById(endpoint.posted)).toEqual(
    Object.fromEntries(first.map(({ eventId }) => [eventId, 2])),
  );
  const bodies = new Map<string, Set<string>>();
  for (const { headers, body } of endpoint.posted) {
    const id = String(headers["webhook-id"]);
    const { rfc822 } = JSON.parse(body) as { rfc822: string };
    bodies.set(id, (bodies.get(id) ?? new Set()).add(rfc822));
  }
  expect([...bodies.values()].every((texts) => texts.size === 1)).toBe(true);
});

test("an interrupted sweep continues where it stopped, and live mail does not wait for it", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await userWithOldMail(endpoint, 12);
  sessions.watch(user.account);
  await user.watching();
  await inState(user, 12, "skipped");
  sessions.watch({ ...user.account, watchFrom: new Date() });

  const asked = await askFor(user);
  const startedMs = Date.now();
  {
    await using _sweeps = startSweeps(user, { ratePerS: 4 });
    await eventually("a part of it", async () => {
      const sweep = await findNewestSweep(stack.db, user.account.userId);
      return sweep && sweep.published >= 4 ? true : undefined;
    });
    await stack.server.deliver(user.address, makeMail(13));
    await eventually(
      "the live mail",
      () => endpoint.posted.find(({ body }) => body.includes("Subject: 13")),
      2_000,
    );
  }
  await user.recorded(13);
  const half = await findNewestSweep(stack.db, user.account.userId);
  expect(half?.state).toBe("running");
  expect(half?.published).toBeLessThan(12);

  await using _sweeps = startSweeps(user, { ratePerS: 4 });
  expect(await ended(asked)).toMatchObject({
    state: "finished",
    found: 13,
    published: 12,
    skipped: 1,
  });
  // The rate is four mails per second. Each of the two runs sends its first four mails at once, so
  // at least four of the twelve must wait.
  expect(Date.now() - startedMs).toBeGreaterThan(1_000);
  await inState(user, 13, "delivered");
  expect(Object.values(postsById(endpoint.posted))).toEqual(Array.from({ length: 13 }, () => 1));
});

test("a sweep whose turn is over continues in its next turn", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await userWithOldMail(endpoint, 60);
  sessions.watch(user.account);
  await user.watching();
  await inState(user, 60, "skipped");
  const sweep = await askFor(user);
  const deps = {
    ...makeDeps(user, { password: user.password, clock: systemClock }),
    pace: createPace(systemClock, 1_000),
  };
  const turn = () =>
    runSweep(
      deps,
      { maxEmailSizeBytes: 2 ** 20, parkedRetryMs: 500 },
      { sweep, fetches: newFetchMemory(), isTurnOver: () => true },
      new AbortController().signal,
    );
  expect(await turn()).toBe("turn_over");
  expect(await findNewestSweep(stack.db, user.account.userId)).toMatchObject({ found: 50 });
  expect(await turn()).toBe("turn_over");
  expect(await turn()).toBe("ended");
  expect(await ended(sweep)).toMatchObject({ state: "finished", found: 60, published: 60 });
});

test("mail outside the time range is not touched", async () => {
  await using endpoint = await startEndpoint();
  await using sessions = stack.openSessions();
  const user = await userWithOldMail(endpoint, 2);
  sessions.watch(user.account);
  await user.watching();
  await inState(user, 2, "skipped");
  await using _sweeps = startSweeps(user);
  const asked = await askFor(user, { since: -120 * MINUTE_MS, until: -60 * MINUTE_MS });
  expect(await ended(asked)).toMatchObject({ state: "finished", found: 0, published: 0 });
  expect(endpoint.posted).toEqual([]);
});

test("a sweep whose login is refused fails and says why", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  await using _sweeps = startSweeps(user, { password: "wrong" });
  expect(await ended(await askFor(user))).toMatchObject({
    state: "failed",
    error: "wrong_password",
  });
});

test("a sweep of a mailbox that was never read waits with growing pauses, and gives up in the end", async () => {
  await using endpoint = await startEndpoint();
  const user = await newDeliveringUser(stack, endpoint);
  const pauses: number[] = [];
  const clock: Clock = {
    ...systemClock,
    random: () => 0,
    sleep: (ms, signal) => {
      // Pauses of 100 ms are those between two rounds. They do not belong to the sweep's retries.
      if (ms !== 100) pauses.push(ms);
      return systemClock.sleep(Math.min(ms, 20), signal);
    },
  };
  await using _sweeps = startSweeps(user, { clock });
  const end = await ended(await askFor(user));
  expect(end).toMatchObject({ state: "failed", error: "mailbox_not_read" });
  expect(pauses).toHaveLength(29);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(pauses.at(-1)).toBe(300_000);
});
