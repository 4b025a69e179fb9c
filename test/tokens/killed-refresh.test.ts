import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet } from "../../dev/servers/fleet.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser } from "./oauth-user.ts";

let stack: OauthStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack());
});
afterAll(() => opened.disposeAsync());

/**
 * Short intervals. With this TOKEN_TIMEOUT, the lease of the killed process ends after 7 s: twice
 * the timeout plus 5 s.
 */
const SHORTENED = {
  HEARTBEAT_INTERVAL: "0.5",
  HEARTBEAT_TTL: "2",
  REBALANCE_INTERVAL: "0.5",
  CLAIM_DELAY: "0.5",
  TOKEN_TIMEOUT: "1",
};

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}-${crypto.randomUUID()}@example.com>\r\nSubject: ${n}\r\n\r\nHello\r\n`;

test("a process that is killed before it has saved the rotated token loses no grant and no mail", async () => {
  const { behaviour } = stack.oauth;
  behaviour.rotation = "lenient";
  await using endpoint = await startEndpoint();
  const user = await newOauthUser(stack, {
    newMailWebhook: `${endpoint.url}/new-mail`,
    authFailedWebhook: `${endpoint.url}/auth-failed`,
  });
  const untilTold = (mails: number) =>
    eventually(`${mails} mails to be told`, () => {
      const ids = endpoint.posted.map(({ headers }) => headers["webhook-id"]);
      return new Set(ids).size >= mails ? true : undefined;
    });
  await using fleet = await startFleet(stack.context, { runtime: "bun", env: SHORTENED });
  await user.watching();
  await stack.server.deliver(user.email, makeMail(1));
  await untilTold(1);
  const before = await user.refreshTokens();
  expect(before.previous).toBe(user.refreshToken);

  const issued = stack.oauth.counts().refresh_token;
  behaviour.tokenFault = { kind: "withheld_answer" };
  await stack.oauth.expireAccessTokens(user.email);
  await stack.server.disconnect(user.email);
  await eventually("a token to be issued that nobody gets", () =>
    stack.oauth.counts().refresh_token > issued ? true : undefined,
  );
  await fleet.stop("SIGKILL");
  expect(await user.refreshTokens()).toEqual(before);
  await stack.server.deliver(user.email, makeMail(2));
  behaviour.tokenFault = null;

  await fleet.start();
  await untilTold(2);
  await stack.server.deliver(user.email, makeMail(3));
  await untilTold(3);
  const recorded = await user.recorded(3);
  expect(recorded.map(({ uid }) => uid)).toEqual([1, 2, 3]);
  expect(await user.state()).toEqual({ state: "watching", reason: null });
  expect((await user.row()).incidentAt).toBeNull();
  expect(new Set(endpoint.posted.map(({ path }) => path))).toEqual(new Set(["/new-mail"]));
  const after = await user.refreshTokens();
  expect(after.previous).toBe(before.current);
  expect(await stack.oauth.isRefreshTokenAlive(after.current ?? "")).toBe(true);
});
