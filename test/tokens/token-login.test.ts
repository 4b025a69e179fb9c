import { createSecureContext } from "node:tls";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imapProviders, partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { InputTurns } from "../../fleet/mailbox/imap/input/input-turns.ts";
import { answerCheckTokenLogin } from "../../fleet/mailbox/login/check-token-login.ts";
import { systemClock } from "../../shared/clock.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import { eventually } from "../harness/eventually.ts";
import { OAUTH_MAIL_SERVERS, type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

describe.each(OAUTH_MAIL_SERVERS)("a login with a new token is tried at %s", (mailServer) => {
  let stack: OauthStack;
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    stack = opened.use(await startOauthStack(mailServer));
  });
  afterAll(() => opened.disposeAsync());

  const check = (userId: string, usernames: string[], accessToken: string) =>
    answerCheckTokenLogin(
      {
        db: stack.db,
        loginGate: { pass: () => Promise.resolve() },
        logins: createPlaces(1),
        secureContext: createSecureContext(),
        turns: new InputTurns(systemClock),
      },
      {
        maxEmailSizeBytes: 1_024,
        allowsPrivateHosts: false,
        timeouts: { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, logoutMs: 1_000 },
      },
      {
        kind: "check_token_login",
        user_id: userId,
        usernames,
        token: { kind: "oauth2", access_token: accessToken },
      },
    );
  const grantToken = (user: OauthUser) => stack.oauth.grantAccessToken(user.email);

  test.each(["XOAUTH2", "OAUTHBEARER"] as const)(
    "by %s, under one name after the other",
    async (mechanism) => {
      const user = await newOauthUser(stack, { mechanism });
      const token = await grantToken(user);
      const accepted = { result: "accepted", username: user.email };
      expect(await check(user.userId, [user.email], token)).toEqual(accepted);
      expect(await check(user.userId, ["nobody@example.com", user.email], token)).toEqual(accepted);
    },
  );

  test("and refused under another name, or with an invalid token", async () => {
    const [user, other] = [await newOauthUser(stack), await newOauthUser(stack)];
    const refused = { result: "refused", reason: "token_refused" };
    const token = await grantToken(user);
    expect(await check(user.userId, [other.email, "nobody@example.com"], token)).toEqual(refused);
    expect(await check(user.userId, [user.email], "made up")).toEqual(refused);
  });

  test("and unknown if nothing answers, or the user does not exist", async () => {
    const user = await newOauthUser(stack);
    const token = await grantToken(user);
    expect(await check("usr_nobody", [user.email], token)).toMatchObject({ result: "unknown" });
    await stack.db
      .update(imapProviders)
      .set({ imapPort: 9 })
      .where(eq(imapProviders.id, user.providerId));
    expect(await check(user.userId, [user.email], token)).toEqual({
      result: "unknown",
      reason: "connection_refused",
    });
  });

  test("and a session logs in under the name that was taken", async () => {
    const user = await newOauthUser(stack);
    await stack.db
      .update(users)
      .set({ tokenUsername: user.email, email: "alias@example.com" })
      .where(eq(users.id, user.userId));
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await user.watching();
  });

  test("later under the other names of the ID token, where nothing is known yet, and the right one is kept", async () => {
    const user = await newOauthUser(stack);
    await stack.db
      .update(users)
      .set({ email: "alias@example.com", tokenUsernames: ["nobody@example.com", user.email] })
      .where(eq(users.id, user.userId));
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await user.watching();
    const kept = { tokenUsername: user.email, tokenUsernames: null };
    expect(await user.row()).toMatchObject(kept);
    expect(await user.account()).toMatchObject({ login: { username: user.email } });
  });

  test("and refused when the server accepts none of the names", async () => {
    const user = await newOauthUser(stack);
    await stack.db
      .update(users)
      .set({ email: "alias@example.com", tokenUsernames: ["nobody@example.com"] })
      .where(eq(users.id, user.userId));
    await using sessions = stack.openSessions();
    sessions.watch(await user.account());
    await eventually("the refusal", async () =>
      (await user.state()).state === "auth_failed" ? true : undefined,
    );
    expect(await user.row()).toMatchObject({ tokenUsername: null });
  });

  test("later, if it could not be tried before, and its success sends one event", async () => {
    const user = await newOauthUser(stack);
    await stack.db
      .update(partners)
      .set({ userConnectedWebhook: "http://127.0.0.1:9/connected" })
      .where(eq(partners.id, user.partnerId));
    expect(await user.row()).toMatchObject({ connectedAt: null });
    for (let session = 0; session < 2; session++) {
      await using sessions = stack.openSessions();
      sessions.watch(await user.account());
      await user.watching();
      await eventually("the user to be connected", async () =>
        (await user.row()).connectedAt === null ? undefined : true,
      );
    }
    expect(await user.waitingEvents()).toEqual(["user_connected"]);
  });
});
