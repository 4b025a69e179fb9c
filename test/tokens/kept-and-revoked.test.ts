import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enqueueRevocations } from "../../db/removal/revocations.ts";
import { imapProviders } from "../../db/partners/tables.ts";
import { revocations } from "../../db/removal/tables.ts";
import { users } from "../../db/users/tables.ts";
import { createGrantKeeper } from "../../fleet/tokens/grant-keeper.ts";
import { createRevoker } from "../../fleet/tokens/revoker.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Repetition } from "../../shared/concurrency/repeat.ts";
import { eventually } from "../harness/eventually.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

const DAY_MS = 86_400_000;

let stack: OauthStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack());
});
afterAll(() => opened.disposeAsync());

function running({ run }: Repetition): AsyncDisposable {
  const stop = new AbortController();
  const ended = run(stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

const startRevoker = () =>
  running(
    createRevoker(
      {
        db: stack.db,
        log: stack.log,
        clock: systemClock,
        mailboxVault: stack.vaults.mailbox,
        partnerVault: stack.vaults.partner,
      },
      { intervalMs: 20, timeoutMs: 2_000, retryMs: 50 },
    ),
  );

const readRevocations = ({ userId }: OauthUser) =>
  stack.db.select().from(revocations).where(eq(revocations.userId, userId));

const noneLeft = (user: OauthUser) =>
  eventually("the revocation to end", async () =>
    (await readRevocations(user)).length === 0 ? true : undefined,
  );

test("a token is revoked although its user was deleted", async () => {
  const user = await newOauthUser(stack);
  await enqueueRevocations(stack.db, [user.userId]);
  await stack.db.delete(users).where(eq(users.id, user.userId));
  await using _revoker = startRevoker();
  await noneLeft(user);
  expect(await stack.oauth.isRefreshTokenAlive(user.refreshToken)).toBe(false);
});

test("the token before is revoked, too", async () => {
  const user = await newOauthUser(stack);
  const { sealedRefreshToken: sealedPreviousRefreshToken } = await user.row();
  await user.connectAnew();
  await stack.db.update(users).set({ sealedPreviousRefreshToken }).where(eq(users.id, user.userId));
  const { current } = await user.refreshTokens();
  await enqueueRevocations(stack.db, [user.userId]);
  await using _revoker = startRevoker();
  await noneLeft(user);
  for (const token of [user.refreshToken, current ?? ""]) {
    expect(await stack.oauth.isRefreshTokenAlive(token)).toBe(false);
  }
});

test("a provider without revocation gets no request", async () => {
  const user = await newOauthUser(stack);
  await stack.db
    .update(imapProviders)
    .set({ oauthRevokeUrl: null })
    .where(eq(imapProviders.id, user.providerId));
  await enqueueRevocations(stack.db, [user.userId]);
  expect(await readRevocations(user)).toEqual([]);
});

test("an endpoint that fails is asked again until it works", async () => {
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.revokeFault = { kind: "status", status: 500 };
  await enqueueRevocations(stack.db, [user.userId]);
  await using _revoker = startRevoker();
  await eventually("a second try", async () => {
    const [row] = await readRevocations(user);
    return row && row.tries >= 2 && row.lastError === "status 500" ? true : undefined;
  });
  expect(await stack.oauth.isRefreshTokenAlive(user.refreshToken)).toBe(true);
  stack.oauth.behaviour.revokeFault = null;
  await noneLeft(user);
  expect(await stack.oauth.isRefreshTokenAlive(user.refreshToken)).toBe(false);
});

test("a refused client is logged as an error, and not tried again", async () => {
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.revokeFault = { kind: "error", error: "invalid_client" };
  await enqueueRevocations(stack.db, [user.userId]);
  await using _revoker = startRevoker();
  await noneLeft(user);
  stack.oauth.behaviour.revokeFault = null;
  const told = stack.log.lines.filter((line) => line.includes("token.not_revoked"));
  expect(told.filter((line) => line.includes(user.userId))).toHaveLength(1);
});

test("only refresh tokens that were idle for a third of their lifetime are used", async () => {
  const [idle, fresh, archived, unlimited] = await Promise.all(
    Array.from({ length: 4 }, () => newOauthUser(stack)),
  );
  if (!idle || !fresh || !archived || !unlimited) throw new Error("There are four users");
  const allow = (user: OauthUser, oauthIdleDays: number | null) =>
    stack.db
      .update(imapProviders)
      .set({ oauthIdleDays })
      .where(eq(imapProviders.id, user.providerId));
  const usedDaysAgo = (
    user: OauthUser,
    days: number,
    more: Partial<typeof users.$inferInsert> = {},
  ) =>
    stack.db
      .update(users)
      .set({ refreshedAt: new Date(Date.now() - days * DAY_MS), ...more })
      .where(eq(users.id, user.userId));
  await allow(idle, 90);
  await usedDaysAgo(idle, 31, { pausedAt: new Date() });
  await allow(fresh, 90);
  await usedDaysAgo(fresh, 29);
  await allow(archived, 90);
  await usedDaysAgo(archived, 31, { archivedAt: new Date() });
  await allow(unlimited, null);
  await usedDaysAgo(unlimited, 1_000);
  const refreshedAt = async (user: OauthUser) => (await user.row()).refreshedAt?.getTime() ?? 0;
  const before = await Promise.all([fresh, archived, unlimited].map(refreshedAt));

  await using _keeper = running(
    createGrantKeeper({ ...stack, clock: systemClock }, { intervalMs: 20 }),
  );
  await eventually("the idle token to be used", async () =>
    (await refreshedAt(idle)) > Date.now() - DAY_MS ? true : undefined,
  );
  expect(await Promise.all([fresh, archived, unlimited].map(refreshedAt))).toEqual(before);
});
