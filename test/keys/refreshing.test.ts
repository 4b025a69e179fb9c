import { afterAll, beforeAll, expect, test } from "vitest";
import { activateKey, addKey, type KeyRings, listKids } from "../../ops/rotate-keys/key-rings.ts";
import { reseal } from "../../ops/rotate-keys/reseal.ts";
import { createTokens } from "../../fleet/tokens/tokens.ts";
import { systemClock } from "../../shared/clock.ts";
import { type OauthStack, startOauthStack } from "../tokens/oauth-stack.ts";
import { newOauthUser } from "../tokens/oauth-user.ts";
import { createVaults, onlyActive, parseRings } from "./test-rings.ts";

let stack: OauthStack;
let rings: KeyRings;
beforeAll(async () => {
  stack = await startOauthStack();
  rings = await addKey(parseRings(stack.context.keys), "mailbox");
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const never = new AbortController().signal;
/** The number of reseals. It is so high that some of them happen during a refresh. */
const RESEALED = 60;

/**
 * Creates the `Tokens` of a fleet instance, which refresh access tokens. The instance has both
 * mailbox keys: it opens with either, and seals with the first.
 */
const newTokens = () =>
  createTokens(
    { db: stack.db, log: stack.log, clock: systemClock, ...createVaults(rings) },
    { timeoutMs: 2_000, concurrency: 8, renewalMarginMs: 300_000 },
  );

test("tokens are refreshed and saved during repeated resealing, and no grant is lost", async () => {
  // The provider treats a second use of a refresh token as theft, and ends the grant.
  stack.oauth.behaviour.rotation = "strict";
  const users = await Promise.all(Array.from({ length: 6 }, () => newOauthUser(stack)));
  await using tokens = newTokens();
  const stop = new AbortController();
  const refreshing = users.map(async (user) => {
    let refreshed = 0;
    for (; !stop.signal.aborted; refreshed++) {
      await tokens.refresh(user, never);
      // A token cannot be resealed during its refresh, so this loop pauses between two refreshes.
      await systemClock.sleep(100 * systemClock.random(), stop.signal);
    }
    return refreshed;
  });
  let resealed = 0;
  while (resealed < RESEALED) {
    const [, other = ""] = listKids(rings, "mailbox");
    rings = activateKey(rings, "mailbox", other);
    const { secrets, faults } = await reseal({ db: stack.db, onProgress: () => {} }, rings, never);
    expect(faults).toEqual([]);
    resealed += secrets;
  }
  stop.abort();
  const counts = await Promise.all(refreshing);
  expect(Math.min(...counts)).toBeGreaterThan(0);

  await reseal({ db: stack.db, onProgress: () => {} }, rings, never);
  const { mailboxVault } = createVaults(onlyActive(rings));
  for (const { userId, row } of users) {
    const { sealedRefreshToken } = await row();
    const token = await mailboxVault.open(
      `users/${userId}/refresh_token`,
      sealedRefreshToken ?? "",
    );
    expect(await stack.oauth.isRefreshTokenAlive(token)).toBe(true);
  }
});
