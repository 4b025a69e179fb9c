import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { users } from "../../db/users/tables.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { systemClock } from "../../shared/clock.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { noCommands } from "../harness/no-commands.ts";
import { runRole } from "../webhook/running-role.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser } from "./oauth-user.ts";

let stack: OauthStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack());
});
afterAll(() => opened.disposeAsync());

function startRelay(): AsyncDisposable {
  const stop = new AbortController();
  const vaults = { mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner };
  const deps = { ...stack, ...vaults, clock: systemClock, handlers: noCommands };
  const running = runRelay(deps, { intervalMs: 50 }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

test("a refused login calls its own webhook, always with the same connect link", async () => {
  await using endpoint = await startEndpoint((_request, n) => ({ status: n === 1 ? 500 : 200 }));
  const user = await newOauthUser(stack, { authFailedWebhook: `${endpoint.url}/auth-failed` });
  await stack.oauth.withdrawConsent(user.email);
  await using _relay = startRelay();
  await using _role = runRole(stack);
  await using sessions = stack.openSessions();
  sessions.watch(await user.account());
  await eventually("the second attempt", () => (endpoint.posted.length >= 2 ? true : undefined));

  const [first, second] = endpoint.posted.map(({ body }): unknown => JSON.parse(body));
  expect(endpoint.posted[0]?.path).toBe("/auth-failed");
  expect(first).toEqual({
    timestamp: expect.any(Number),
    sha1: expect.stringMatching(/^[0-9a-f]{40}$/),
    imap_provider_code: (await user.account()).providerCode,
    user_tag: user.email,
    reason: "consent_withdrawn",
    connect_url: expect.stringMatching(/^https:\/\/edge\.example\/connect\/[\w.-]+$/),
    signature: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const findLink = (body: unknown) =>
    typeof body === "object" && body !== null && "connect_url" in body ? body.connect_url : null;
  expect(findLink(second)).toBe(findLink(first));

  const token = String(findLink(first)).split("/").at(-1) ?? "";
  const link = await stack.links.read(token, "connect", Date.now());
  expect(link).toMatchObject({
    purpose: "connect",
    userId: user.userId,
    linkId: endpoint.posted[0]?.headers["webhook-id"],
  });
});

test("the result of an old session for replaced credentials is ignored", async () => {
  const user = await newOauthUser(stack);
  const old = await user.account();
  await stack.oauth.withdrawConsent(user.email);
  await user.connectAnew();
  await stack.db
    .update(users)
    .set({ sealedRefreshToken: "unreadable" })
    .where(eq(users.id, user.userId));
  await stack.oauth.withdrawConsent(user.email);
  await using sessions = stack.openSessions();
  sessions.watch(old);
  await eventually("the old session to end", () =>
    stack.log.lines.some((line) => line.includes("session.ended") && line.includes(user.userId))
      ? true
      : undefined,
  );
  expect(await user.state()).toEqual({ state: "new", reason: null });
  expect(await user.waitingEvents()).toEqual([]);
});
