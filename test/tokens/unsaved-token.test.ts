import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTokens, type Tokens } from "../../fleet/tokens/tokens.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { eventually } from "../harness/eventually.ts";
import { hurriedClock } from "../mailbox/hurried-clock.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../harness/stacks/fleet-stack.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

let stack: OauthStack & OwnFleetStack;
/** The number of token requests before the test. */
let requests = 0;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack("the in-house server", startOwnFleetStack));
});
afterAll(() => opened.disposeAsync());
beforeEach(() => {
  // With strict rotation, a second use of the old refresh token ends the grant. So the fleet can
  // continue only with the new token.
  const tokenFault = { kind: "withheld_answer", ms: 3_000 };
  Object.assign(stack.oauth.behaviour, { rotation: "strict", tokenFault });
  requests = stack.oauth.counts().refresh_token;
});

const HURRIED = hurriedClock(100);

const newTokens = (clock: Clock): Tokens =>
  createTokens(
    {
      db: stack.db,
      log: stack.log,
      clock,
      mailboxVault: stack.vaults.mailbox,
      partnerVault: stack.vaults.partner,
    },
    { timeoutMs: 10_000, concurrency: 4, renewalMarginMs: 300_000 },
  );

const never = new AbortController().signal;
const failedSaves = ({ userId }: OauthUser) =>
  stack.log.lines.filter((line) => line.includes("grant.not_saved") && line.includes(userId));

/**
 * Stops Postgres while the token endpoint delays its answer with the new token. Waits until the
 * fleet has failed to save the token `tries` times.
 */
async function loseDatabaseDuring(user: OauthUser, tries: number): Promise<void> {
  await eventually("the token to be issued", () =>
    stack.oauth.counts().refresh_token > requests ? true : undefined,
  );
  await stack.programs.postgres.stop();
  const isTried = () => (failedSaves(user).length >= tries ? true : undefined);
  await eventually(`${tries} tries to save`, isTried);
}

async function wantSaved(user: OauthUser): Promise<void> {
  const { current, previous } = await user.refreshTokens();
  expect(previous).toBe(user.refreshToken);
  expect(current).not.toBe(user.refreshToken);
  expect(await stack.oauth.isRefreshTokenAlive(current ?? "")).toBe(true);
}

test.each([
  ["some seconds", systemClock, 3],
  // HURRIED shortens the pauses between the tries. With the real clock, thirty tries would take
  // more than a minute.
  ["a minute and more", HURRIED, 30],
] as const)("a rotated token is saved after %s without Postgres", async (_name, clock, tries) => {
  await using tokens = newTokens(clock);
  const user = await newOauthUser(stack);
  const refreshed = tokens.refresh(user, never);
  await loseDatabaseDuring(user, tries);
  await stack.programs.postgres.start();
  const token = await refreshed;
  await wantSaved(user);

  stack.oauth.behaviour.tokenFault = null;
  expect((await tokens.refresh(user, never)).value).not.toBe(token.value);
});

test("a caller may stop waiting, and the token is still saved", async () => {
  await using tokens = newTokens(HURRIED);
  const user = await newOauthUser(stack);
  const leaving = new AbortController();
  const left = tokens.refresh(user, leaving.signal).catch((error: unknown) => error);
  await loseDatabaseDuring(user, 2);
  leaving.abort(new Error("Left"));
  expect(await left).toMatchObject({ message: "Left" });
  await stack.programs.postgres.start();
  await eventually("the token to be saved", async () =>
    (await user.refreshTokens()).previous === null ? undefined : true,
  );
  await wantSaved(user);
});

test("a process that ends while Postgres is away tries for half a minute, and no longer", async () => {
  const user = await newOauthUser(stack);
  const tokens = newTokens(HURRIED);
  const outcome = tokens.refresh(user, never).then(
    () => "saved",
    () => "given up",
  );
  await loseDatabaseDuring(user, 2);
  const before = failedSaves(user).length;
  await tokens[Symbol.asyncDispose]();
  expect(await outcome).toBe("given up");
  expect(failedSaves(user).length).toBeGreaterThanOrEqual(before + 8);
  await stack.programs.postgres.start();
});
