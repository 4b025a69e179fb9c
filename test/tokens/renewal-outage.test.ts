import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { type OwnFleetStack, startOwnFleetStack } from "../harness/stacks/fleet-stack.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

let stack: OauthStack & OwnFleetStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack("the in-house server", startOwnFleetStack));
});
afterAll(() => opened.disposeAsync());
beforeEach(() => {
  Object.assign(stack.oauth.behaviour, { tokenFault: null, accessTokenTtlSeconds: 3_600 });
});

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}-${crypto.randomUUID()}@example.com>\r\nSubject: ${n}\r\n\r\nHello\r\n`;

const findLines = ({ userId }: OauthUser, event: string) =>
  stack.log.lines.filter((line) => line.includes(`"event":"${event}"`) && line.includes(userId));

const untilLogged = (user: OauthUser, event: string, times: number) =>
  eventually(`${event} of ${user.email}`, () =>
    findLines(user, event).length >= times ? true : undefined,
  );

test("a token endpoint that fails at a renewal ends no session that the mail server keeps", async () => {
  stack.oauth.behaviour.accessTokenTtlSeconds = 4;
  const user = await newOauthUser(stack);
  await using sessions = stack.openSessions();
  sessions.watch(await user.account());
  await user.watching();
  stack.oauth.behaviour.tokenFault = { kind: "status", status: 500 };
  await untilLogged(user, "token.not_renewed", 2);
  await stack.server.deliver(user.email, makeMail(1));
  await user.recorded(1);
  expect(await user.state()).toEqual({ state: "watching", reason: null });

  const before = stack.oauth.counts().refresh_token;
  stack.oauth.behaviour.tokenFault = null;
  await eventually("another token", () =>
    stack.oauth.counts().refresh_token > before ? true : undefined,
  );
  await stack.server.deliver(user.email, makeMail(2));
  await user.recorded(2);
  expect(findLines(user, "session.ended")).toEqual([]);
});

test("a session waits for a token that is needed while Postgres is down, without counting it as a server failure and without growing pauses", async () => {
  const user = await newOauthUser(stack);
  await using sessions = stack.openSessions();
  sessions.watch(await user.account());
  await user.watching();
  await stack.programs.postgres.stop();
  await stack.oauth.expireAccessTokens(user.email);
  await stack.server.disconnect(user.email);
  await untilLogged(user, "grant.not_reached", 2);
  await stack.programs.postgres.start();
  await stack.server.deliver(user.email, makeMail(1));
  await user.recorded(1);
  await user.watching();
  const ended = findLines(user, "session.ended");
  expect(ended.filter((line) => !line.includes('"reason":"connection_lost"'))).toEqual([]);
  expect(await user.state()).toEqual({ state: "watching", reason: null });
});
