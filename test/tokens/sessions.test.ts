import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { startTamperingProxy } from "../mailbox/tampering-proxy.ts";
import { OAUTH_MAIL_SERVERS, type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser, wantNoAuthFailed } from "./oauth-user.ts";

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}-${crypto.randomUUID()}@example.com>\r\nSubject: ${n}\r\n\r\nHello\r\n`;

describe.each(OAUTH_MAIL_SERVERS)("with access tokens at %s", (mailServer) => {
  let stack: OauthStack;
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    stack = opened.use(await startOauthStack(mailServer));
  });
  afterAll(() => opened.disposeAsync());
  beforeEach(() => {
    Object.assign(stack.oauth.behaviour, { tokenFault: null, accessTokenTtlSeconds: 3_600 });
  });

  const inState = (user: OauthUser, wanted: string) =>
    eventually(`${user.email} to be ${wanted}`, async () => {
      const found = await user.state();
      return found.state === wanted ? found : undefined;
    });

  test.each(["XOAUTH2", "OAUTHBEARER"] as const)(
    "%s is spoken, and mail arrives",
    async (mechanism) => {
      await using proxy = await startTamperingProxy(stack.server);
      const commands: string[] = [];
      proxy.onCommand = (command) => {
        commands.push(command);
        return "pass";
      };
      const user = await newOauthUser(stack, { mechanism, port: proxy.port });
      await using sessions = stack.openSessions();
      sessions.watch(await user.account());
      await user.watching();
      await stack.server.deliver(user.email, makeMail(1));
      expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
      const spoken = commands.filter((command) => command.includes(" AUTHENTICATE "));
      expect(spoken.map((command) => command.split(" ")[2]?.trim())).toEqual([mechanism]);
    },
  );

  test.each(["XOAUTH2", "OAUTHBEARER"] as const)(
    "a token that %s refuses is renewed once, and nobody is told",
    async (mechanism) => {
      const user = await newOauthUser(stack, { mechanism });
      await using sessions = stack.openSessions();
      sessions.watch(await user.account());
      await user.watching();
      const before = stack.oauth.counts().refresh_token;
      await stack.oauth.expireAccessTokens(user.email);
      await stack.server.deliver(user.email, makeMail(1));
      await stack.server.disconnect(user.email);
      await eventually("another token", () =>
        stack.oauth.counts().refresh_token > before ? true : undefined,
      );
      await stack.server.deliver(user.email, makeMail(2));
      await user.recorded(2);
      await user.watching();
      expect(stack.oauth.counts().refresh_token).toBe(before + 1);
      expect(await user.waitingEvents()).toEqual([]);
    },
  );

  test("a withdrawn consent sends one event, and a new consent continues at the cursor", async () => {
    const user = await newOauthUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await user.watching();
    await stack.server.deliver(user.email, makeMail(1));
    await user.recorded(1);

    await stack.oauth.withdrawConsent(user.email);
    await stack.server.disconnect(user.email);
    const failed = await inState(user, "auth_failed");
    expect(failed.reason).toBe("consent_withdrawn");
    expect((await user.row()).incidentAt).not.toBeNull();
    expect(await user.waitingEvents()).toEqual(["user_auth_failed"]);

    // A second instance finds the same problem. It sends no further event.
    await using others = stack.openSessions();
    others.watch(await user.account());
    await eventually("the other to be refused", () =>
      stack.log.lines.filter((line) => line.includes("session.ended") && line.includes(user.userId))
        .length >= 3
        ? true
        : undefined,
    );
    expect(await user.waitingEvents()).toEqual(["user_auth_failed"]);
    others.release(user.userId);

    await stack.server.deliver(user.email, makeMail(2));
    await user.connectAnew();
    sessions.watch(await user.account());
    await user.watching();
    expect((await user.recorded(2)).map(({ uid }) => uid)).toEqual([1, 2]);
    expect(await user.state()).toEqual({ state: "watching", reason: null });
    expect((await user.row()).incidentAt).toBeNull();
  });

  test("no event is sent for a refused login if the partner has no webhook for it", async () => {
    const user = await newOauthUser(stack);
    await wantNoAuthFailed(stack, user);
    await stack.oauth.withdrawConsent(user.email);
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await inState(user, "auth_failed");
    expect(await user.waitingEvents()).toEqual([]);
  });

  test("sessions wait for a failing token endpoint, and no event is sent", async () => {
    const user = await newOauthUser(stack);
    stack.oauth.behaviour.tokenFault = { kind: "status", status: 500 };
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    const failed = await inState(user, "backoff");
    expect(failed.reason).toBe("provider_unavailable");
    stack.oauth.behaviour.tokenFault = null;
    await eventually("the user to be watched", async () =>
      (await user.state()).state === "watching" ? true : undefined,
    );
    expect(await user.waitingEvents()).toEqual([]);
  });

  // Takes 6 s: the fleet replaces each token after half of its lifetime, three times in a row.
  test("tokens of four seconds lose no mail, and their expiry sends no event", async () => {
    stack.oauth.behaviour.accessTokenTtlSeconds = 4;
    const user = await newOauthUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await user.watching();
    const { stateChangedAt } = await user.row();
    const before = stack.oauth.counts().refresh_token;
    let delivered = 0;
    await eventually("three more tokens", async () => {
      await stack.server.deliver(user.email, makeMail(++delivered));
      return stack.oauth.counts().refresh_token >= before + 3 ? true : undefined;
    });
    const recorded = await user.recorded(delivered);
    expect(recorded.map(({ uid }) => uid)).toEqual(recorded.map((_, index) => index + 1));
    expect(await user.state()).toEqual({ state: "watching", reason: null });
    expect((await user.row()).stateChangedAt).toEqual(stateChangedAt);
    const ends = stack.log.lines.filter((line) => line.includes("session.ended"));
    expect(ends.filter((line) => line.includes(user.userId))).toEqual([]);
  });

  test("no log contains a token or a secret", async () => {
    const user = await newOauthUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await user.watching();
    const { value } = await stack.tokens.accessToken(
      await user.account(),
      AbortSignal.timeout(60_000),
    );
    await stack.oauth.withdrawConsent(user.email);
    await stack.server.disconnect(user.email);
    await inState(user, "auth_failed");
    const text = stack.log.lines.join("\n");
    expect(text).toContain(user.userId);
    for (const secret of [value, user.refreshToken, stack.oauth.client.secret, user.email]) {
      expect(text).not.toContain(secret);
    }
  });
});
