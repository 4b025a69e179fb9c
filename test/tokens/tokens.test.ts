import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { partnerConnections } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { TokenError } from "../../fleet/tokens/token-error.ts";
import { createTokens, type Tokens } from "../../fleet/tokens/tokens.ts";
import { systemClock } from "../../shared/clock.ts";
import type { EndpointFault } from "../harness/network/endpoint-fault.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

const TIMEOUT_MS = 1_000;

let stack: OauthStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack());
});
afterAll(() => opened.disposeAsync());
afterEach(() => {
  Object.assign(stack.oauth.behaviour, {
    tokenFault: null,
    rotation: "none",
    accessTokenTtlSeconds: 3_600,
  });
});

/** Creates the `Tokens` of one fleet instance. */
const newTokens = (): Tokens =>
  createTokens(
    {
      db: stack.db,
      log: stack.log,
      clock: systemClock,
      mailboxVault: stack.vaults.mailbox,
      partnerVault: stack.vaults.partner,
    },
    { timeoutMs: TIMEOUT_MS, concurrency: 4, renewalMarginMs: 300_000 },
  );

const never = new AbortController().signal;
const readToken = async (tokens: Tokens, user: OauthUser) => {
  const { credentialsAt } = await user.row();
  return tokens.accessToken({ ...user, credentialsAt }, never);
};
const catchFailure = async (asked: Promise<unknown>) => {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof TokenError ? error.failure : error;
};

test("twenty concurrent callers cause one token request, and later callers none", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const before = stack.oauth.counts().refresh_token;
  const issued = await Promise.all(Array.from({ length: 20 }, () => readToken(tokens, user)));
  expect(new Set(issued.map(({ value }) => value)).size).toBe(1);
  await readToken(tokens, user);
  expect(stack.oauth.counts().refresh_token).toBe(before + 1);
});

test("a caller that stops waiting does not cancel the request for others", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const leaving = new AbortController();
  const [left, stayed] = [tokens.refresh(user, leaving.signal), tokens.refresh(user, never)];
  leaving.abort(new Error("Left"));
  await expect(left).rejects.toThrow("Left");
  expect((await stayed).value).not.toBe("");
});

test("an answer with empty fields still gives a token, and the refresh token stays", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const { sealedRefreshToken } = await user.row();
  stack.oauth.behaviour.tokenFault = {
    kind: "fields",
    fields: { expires_in: null, refresh_token: "", scope: null, token_type: "" },
  };
  expect((await readToken(tokens, user)).value).not.toBe("");
  expect(await user.row()).toMatchObject({ sealedRefreshToken, sealedPreviousRefreshToken: null });
});

test("a token with a short lifetime is renewed after half of it", async () => {
  await using tokens = newTokens();
  stack.oauth.behaviour.accessTokenTtlSeconds = 2;
  const user = await newOauthUser(stack);
  const first = await readToken(tokens, user);
  expect(first.renewAtMs - Date.now()).toBeLessThanOrEqual(1_000);
  await systemClock.sleep(first.renewAtMs - Date.now() + 1, never);
  expect((await readToken(tokens, user)).value).not.toBe(first.value);
});

test("a token of earlier credentials is not returned for newer ones", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const first = await readToken(tokens, user);
  await user.connectAnew();
  expect((await readToken(tokens, user)).value).not.toBe(first.value);
});

test("a discarded token is not returned again", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const first = await readToken(tokens, user);
  tokens.discard(user.userId, first);
  expect((await readToken(tokens, user)).value).not.toBe(first.value);
});

test("a rotated refresh token is saved, and the previous one is kept until the new one has worked", async () => {
  await using tokens = newTokens();
  stack.oauth.behaviour.rotation = "lenient";
  const user = await newOauthUser(stack);
  await tokens.refresh(user, never);
  const second = await user.refreshTokens();
  expect(second.current).not.toBe(user.refreshToken);
  expect(second.previous).toBe(user.refreshToken);
  expect((await user.row()).refreshedAt).not.toBeNull();

  stack.oauth.behaviour.rotation = "none";
  await tokens.refresh(user, never);
  expect(await user.refreshTokens()).toEqual({ current: second.current, previous: null });
});

test("an answer that is lost after the token was rotated loses no grant", async () => {
  await using tokens = newTokens();
  stack.oauth.behaviour.rotation = "lenient";
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.tokenFault = { kind: "lost_answer" };
  expect(await catchFailure(tokens.refresh(user, never))).toEqual({
    kind: "transient",
    reason: "provider_unavailable",
  });
  expect((await user.refreshTokens()).current).toBe(user.refreshToken);

  stack.oauth.behaviour.tokenFault = null;
  await tokens.refresh(user, never);
  const { current } = await user.refreshTokens();
  expect(await stack.oauth.isRefreshTokenAlive(current ?? "")).toBe(true);
});

test("the previous refresh token is used if the new one does not work", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const row = `users/${user.userId}/refresh_token` as const;
  const { sealedRefreshToken } = await user.row();
  await stack.db
    .update(users)
    .set({
      sealedRefreshToken: await stack.vaults.mailbox.seal(row, "never heard of"),
      sealedPreviousRefreshToken: sealedRefreshToken,
    })
    .where(eq(users.id, user.userId));
  await tokens.refresh(user, never);
  expect(await user.refreshTokens()).toEqual({ current: user.refreshToken, previous: null });
});

test("four instances at once use no refresh token twice, which would withdraw the consent", async () => {
  stack.oauth.behaviour.rotation = "strict";
  const user = await newOauthUser(stack);
  await using instances = new AsyncDisposableStack();
  const refreshes = Array.from({ length: 4 }, () =>
    instances.use(newTokens()).refresh(user, never),
  );
  expect(new Set((await Promise.all(refreshes)).map(({ value }) => value)).size).toBe(4);
  const { current } = await user.refreshTokens();
  expect(await stack.oauth.isRefreshTokenAlive(current ?? "")).toBe(true);
});

test("a refresh that is under way at the end is saved", async () => {
  stack.oauth.behaviour.rotation = "strict";
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.tokenFault = { kind: "slow", ms: 200 };
  const before = stack.oauth.counts().refresh_token;
  {
    await using tokens = newTokens();
    const leaving = new AbortController();
    const left = tokens.refresh(user, leaving.signal).catch(() => undefined);
    while (stack.oauth.counts().refresh_token === before) await systemClock.sleep(5, never);
    leaving.abort();
    await left;
  }
  const { current } = await user.refreshTokens();
  expect(current).not.toBe(user.refreshToken);
  expect(await stack.oauth.isRefreshTokenAlive(current ?? "")).toBe(true);
});

const OUTAGES: EndpointFault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "status", status: 429, retryAfterSeconds: 30 },
  { kind: "slow", ms: 2 * TIMEOUT_MS },
  { kind: "hang" },
  { kind: "garbage" },
  { kind: "error", error: "temporarily_unavailable" },
];

test.each(OUTAGES)("%j is an outage, and over when it is", async (fault) => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.tokenFault = fault;
  const outage = { kind: "transient", reason: "provider_unavailable" };
  expect(await catchFailure(readToken(tokens, user))).toEqual(outage);
  stack.oauth.behaviour.tokenFault = null;
  expect((await readToken(tokens, user)).value).not.toBe("");
});

test("an answer without end is an outage, and is not read on", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  const fault = { kind: "endless" as const, sentBytes: 0 };
  stack.oauth.behaviour.tokenFault = fault;
  const outage = { kind: "transient", reason: "provider_unavailable" };
  expect(await catchFailure(readToken(tokens, user))).toEqual(outage);
  // The limit allows for the buffers of both sockets. The client does not control their size.
  expect(fault.sentBytes).toBeLessThan(32 * 2 ** 20);
});

test.each([
  ["invalid_client", "client_refused"],
  ["interaction_required", "consent_incomplete"],
])("the error %s needs a human", async (error, reason) => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  stack.oauth.behaviour.tokenFault = { kind: "error", error };
  expect(await catchFailure(readToken(tokens, user))).toEqual({ kind: "auth_failed", reason });
});

test("a withdrawn consent needs a human", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  await stack.oauth.withdrawConsent(user.email);
  const withdrawn = { kind: "auth_failed", reason: "consent_withdrawn" };
  expect(await catchFailure(readToken(tokens, user))).toEqual(withdrawn);
});

test("a connection without a client needs a human", async () => {
  await using tokens = newTokens();
  const user = await newOauthUser(stack);
  await stack.db
    .update(partnerConnections)
    .set({ oauth2ClientId: null })
    .where(eq(partnerConnections.id, user.connectionId));
  const missing = { kind: "auth_failed", reason: "no_client" };
  expect(await catchFailure(readToken(tokens, user))).toEqual(missing);
});
