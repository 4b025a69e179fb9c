import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { userHarms, users, userStateChanges } from "../../../db/users/tables.ts";
import { forgetHarms } from "../../../db/users/user-harms.ts";
import type { Account } from "../../../fleet/mailbox/login/account.ts";
import { systemClock } from "../../../shared/clock.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { type HostileServer, type ServerAttack, startHostileServer } from "./hostile-server.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

const FLOOD: ServerAttack = { at: "IDLE", sends: "* OK\r\n" };
const HONEST: ServerAttack = { at: "IDLE", sends: "+ idling\r\n", isOnce: true };

let stack: SessionStack;
let server: HostileServer;
let attack: ServerAttack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
  server = await startHostileServer(() => attack);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});
beforeEach(() => (attack = HONEST));

const newUser = () => newMailUser(stack, { server: { host: "127.0.0.1", port: server.port } });
const readHarm = async ({ userId }: Account) =>
  (await stack.db.select().from(userHarms).where(eq(userHarms.userId, userId)))[0];
const readUser = async ({ userId }: Account) =>
  (await stack.db.select().from(users).where(eq(users.id, userId)))[0];
const isIn = (account: Account, state: string) =>
  eventually(`the state ${state}`, async () =>
    (await readUser(account))?.state === state ? true : undefined,
  );

test("a server that floods twice has its user quarantined, with a reason", async () => {
  attack = FLOOD;
  const { account } = await newUser();
  await using sessions = stack.openSessions({ clock: hurriedClock(1_000) });
  sessions.watch(account);
  await isIn(account, "quarantined");
  const changes = await stack.db
    .select({ state: userStateChanges.state, reason: userStateChanges.reason })
    .from(userStateChanges)
    .where(eq(userStateChanges.userId, account.userId))
    .orderBy(userStateChanges.id);
  expect(changes).toContainEqual({ state: "backoff", reason: "server_sent_too_much" });
  expect(changes.at(-1)).toEqual({ state: "quarantined", reason: "server_sent_too_much" });
  expect(await readHarm(account)).toMatchObject({ harms: 2, reason: "server_sent_too_much" });
});

test("no session of a quarantined user begins, whichever instance the user moves to, until it is released", async () => {
  const { account } = await newUser();
  const harmedAt = new Date();
  await stack.db
    .insert(userHarms)
    .values({ userId: account.userId, harms: 2, reason: "server_sent_too_much", harmedAt });
  const before = server.connections;
  await using sessions = stack.openSessions({ clock: systemClock });
  const harm = { harms: 2, harmedAt, isOnTrial: false };
  sessions.watch({ ...account, harm });
  const other = (await newUser()).account;
  sessions.watch(other);
  await isIn(other, "watching");
  expect(server.connections).toBe(before + 1);

  await forgetHarms(stack.db, account.userId);
  sessions.watch(account);
  await isIn(account, "watching");
});

test("a process that dies during a trial leaves it behind, and the next one begins no session", async () => {
  const { account } = await newUser();
  const harmedAt = new Date();
  const left = { harms: 1, reason: "server_sent_too_much", harmedAt };
  await stack.db.insert(userHarms).values({ userId: account.userId, ...left, trialAt: harmedAt });
  const before = server.connections;
  await using sessions = stack.openSessions({ clock: systemClock });
  sessions.watch({ ...account, harm: { ...left, isOnTrial: true } });
  await isIn(account, "quarantined");
  expect(server.connections).toBe(before);
  expect((await readUser(account))?.stateReason).toBe("server_crashed_us");
  expect(await readHarm(account)).toMatchObject({ harms: 2, trialAt: null });
});

test("a trial is written before a session begins, and removed when the session ends without harm", async () => {
  const { account } = await newUser();
  const harmedAt = new Date(Date.now() - 3_600_000);
  const harm = { harms: 1, harmedAt, isOnTrial: false };
  await stack.db
    .insert(userHarms)
    .values({ userId: account.userId, harms: 1, reason: "server_sent_too_much", harmedAt });
  {
    await using sessions = stack.openSessions({ clock: systemClock });
    sessions.watch({ ...account, harm });
    await isIn(account, "watching");
    expect((await readHarm(account))?.trialAt).not.toBeNull();
  }
  expect(await readHarm(account)).toMatchObject({ harms: 1, trialAt: null });
});
