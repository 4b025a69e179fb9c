import { afterAll, beforeAll, expect, test } from "vitest";
import { revocations } from "../../../db/removal/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { createRevoker } from "../../../fleet/tokens/revoker.ts";
import { createTokens } from "../../../fleet/tokens/tokens.ts";
import { systemClock } from "../../../shared/clock.ts";
import { newId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { type OauthStack, startOauthStack } from "../../tokens/oauth-stack.ts";
import { newOauthUser } from "../../tokens/oauth-user.ts";
import { beginAll, CROWD, LONG_MS, newCrowd, startTarpit, untilHanging } from "./crowd.ts";

let stack: OauthStack;
beforeAll(async () => {
  stack = await startOauthStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("a token endpoint that hangs delays no token of another endpoint", async () => {
  const tarpit = await startTarpit();
  const slow = await newCrowd(stack, { kind: "oauth2", oauthTokenUrl: tarpit.url });
  const { connectionId, partnerId, providerCode } = slow;
  const rows = await Promise.all(
    slow.userIds.map(async (id) => ({
      ...{ id, connectionId, tag: id, email: `${id}@example.com` },
      sealedRefreshToken: await stack.vaults.mailbox.seal(`users/${id}/refresh_token`, "token"),
    })),
  );
  for (let i = 0; i < CROWD; i += 500) await stack.db.insert(users).values(rows.slice(i, i + 500));
  const other = await newOauthUser(stack);
  const tokens = createTokens(
    {
      ...{ db: stack.db, log: stack.log, clock: systemClock },
      ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
    },
    { timeoutMs: LONG_MS, concurrency: 16, renewalMarginMs: 300_000 },
  );
  const never = new AbortController().signal;
  const crowd = beginAll((i) =>
    tokens.refresh({ userId: slow.userIds[i] ?? "", partnerId, providerCode }, never),
  );
  await untilHanging(tarpit, 9);
  expect((await tokens.refresh(other, never)).value).not.toBe("");
  expect(crowd.ended()).toBe(0);
  const ended = tokens[Symbol.asyncDispose]();
  await tarpit[Symbol.asyncDispose]();
  await ended;
  await crowd.all;
});

test("revocations at an endpoint that hangs delay no revocation at another", async () => {
  await using tarpit = await startTarpit();
  const userId = newId("usr");
  const sealedToken = await stack.vaults.mailbox.seal(`users/${userId}/refresh_token`, "token");
  const row = { userId, connectionId: "con_1", clientId: "client", sealedClientSecret: null };
  const rows = Array.from({ length: CROWD }, () => ({
    ...{ ...row, id: `rev_${crypto.randomUUID()}`, revokeUrl: tarpit.url, sealedToken },
    nextTryAt: new Date(0),
  }));
  for (let i = 0; i < CROWD; i += 500)
    await stack.db.insert(revocations).values(rows.slice(i, i + 500));
  const other = {
    ...row,
    id: `rev_${crypto.randomUUID()}`,
    revokeUrl: stack.oauth.endpoints.revoke,
    sealedToken,
  };
  await stack.db.insert(revocations).values(other);
  const stop = new AbortController();
  const asked = stack.oauth.counts().revoke;
  const revoker = createRevoker(
    {
      ...{ db: stack.db, log: stack.log, clock: systemClock },
      ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
    },
    { intervalMs: 50, timeoutMs: LONG_MS, retryMs: LONG_MS },
  );
  const running = revoker.run(stop.signal);
  await untilHanging(tarpit, 6);
  await eventually("the other to be asked", () =>
    stack.oauth.counts().revoke > asked ? true : undefined,
  );
  expect(tarpit.open()).toBe(6);
  stop.abort();
  await running;
});
