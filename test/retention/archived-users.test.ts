import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditLog } from "../../db/admin/tables.ts";
import { purges } from "../../db/removal/tables.ts";
import { users } from "../../db/users/tables.ts";
import { createPurges } from "../../fleet/purge/purges.ts";
import { systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { findTraces } from "../purge/traces.ts";
import { useEverywhere } from "../purge/used-user.ts";
import { newWebhookUser, type TestUser } from "../webhook/published-mail.ts";
import { forceRound } from "./run-retention.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

async function archivedUser(days: number | null): Promise<TestUser> {
  const user = await newWebhookUser(stack, await stack.newPartner());
  const archivedAt = days === null ? null : new Date(Date.now() - days * 86_400_000);
  await stack.db.update(users).set({ archivedAt }).where(eq(users.id, user.id));
  return user;
}

const isThere = async ({ id }: TestUser) =>
  (await stack.db.select().from(users).where(eq(users.id, id))).length > 0;

function runPurges() {
  const stop = new AbortController();
  const settings = { intervalMs: 50, leaseMs: 200, releaseMs: 0, settleMs: 0 };
  const running = createPurges({ ...stack, clock: systemClock }, settings).run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

test("an archived user is removed with all its data at its age, and others stay", async () => {
  const old = await archivedUser(61);
  const others = [await archivedUser(59), await archivedUser(null)];
  await useEverywhere(stack, old);
  expect(await forceRound(stack.db, { archivedUsers: 60 })).toMatchObject({ users_removed: 1 });
  await using _purges = runPurges();
  await eventually("the purge to finish", async () => {
    const [purge] = await stack.db.select().from(purges).where(eq(purges.subjectId, old.id));
    return purge?.state === "finished" ? true : undefined;
  });
  expect(await findTraces(stack, old.partner.id, old.id)).toEqual([]);
  for (const other of others) expect(await isThere(other)).toBe(true);
  const told = await stack.db.select().from(auditLog).where(eq(auditLog.subjectId, old.id));
  expect(told.map(({ action }) => action)).toContain("user.expired");
});

test("archived users stay without limit unless a setting changes it", async () => {
  const user = await archivedUser(3_000);
  expect(await forceRound(stack.db)).toMatchObject({ users_removed: 0 });
  expect(await isThere(user)).toBe(true);
});

test("a user that is restored while its turn comes stays", async () => {
  const user = await archivedUser(100);
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: isHeld } = Promise.withResolvers<void>();
  const restoring = stack.db.transaction(async (tx) => {
    await tx.update(users).set({ archivedAt: null }).where(eq(users.id, user.id));
    isHeld();
    await released;
  });
  await held;
  const round = forceRound(stack.db, { archivedUsers: 99 });
  await eventually("the round to wait for the user", async () => {
    const { rows } = await stack.db.execute(
      sql`select 1 from pg_locks where not granted and locktype = 'transactionid'`,
    );
    return rows.length > 0 ? true : undefined;
  });
  release();
  await restoring;
  await round;
  const [row] = await stack.db.select().from(users).where(eq(users.id, user.id));
  expect(row).toMatchObject({ archivedAt: null, state: "new" });
});
