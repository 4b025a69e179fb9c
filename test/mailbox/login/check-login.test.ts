import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSecureContext } from "node:tls";
import { imapProviders, partnerConnections } from "../../../db/partners/tables.ts";
import { InputTurns } from "../../../fleet/mailbox/imap/input/input-turns.ts";
import { answerCheckLogin } from "../../../fleet/mailbox/login/check-login.ts";
import { systemClock } from "../../../shared/clock.ts";
import { newId } from "../../../shared/ids.ts";
import { createPlaces } from "../../../shared/concurrency/places.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

describe.each(MAIL_SERVERS)("a login is tried at $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** Creates a user whose provider has no other users. */
  async function newCheckedUser(provider: { port?: number; ownHost?: boolean } = {}) {
    const user = await newMailUser(stack);
    const providerId = newId("prv");
    await stack.db.insert(imapProviders).values({
      id: providerId,
      code: providerId.toUpperCase(),
      title: "Test",
      kind: "plain",
      imapHost: stack.server.host,
      imapPort: provider.port ?? stack.server.port,
      imapSecurity: "none",
      ownHost: provider.ownHost ?? false,
    });
    await stack.db
      .update(partnerConnections)
      .set({ providerId })
      .where(eq(partnerConnections.partnerId, user.account.partnerId));
    return user;
  }

  const check = (
    user: MailUser,
    more: {
      password?: string;
      host?: string | null;
      port?: number | null;
      allowsPrivateHosts?: boolean;
    } = {},
  ) =>
    answerCheckLogin(
      {
        db: stack.db,
        loginGate: { pass: () => Promise.resolve() },
        logins: createPlaces(1),
        secureContext: createSecureContext(),
        turns: new InputTurns(systemClock),
      },
      {
        maxEmailSizeBytes: 1_024,
        allowsPrivateHosts: more.allowsPrivateHosts ?? false,
        timeouts: { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000, logoutMs: 1_000 },
      },
      {
        kind: "check_login",
        user_id: user.account.userId,
        login_username: user.login,
        login_password: more.password ?? user.password,
        imap_host: more.host ?? null,
        imap_port: more.port ?? null,
        imap_security: null,
      },
    );

  test("and accepted, or refused with the reason", async () => {
    const user = await newCheckedUser();
    expect(await check(user)).toEqual({ result: "accepted" });
    expect(await check(user, { password: "wrong" })).toEqual({
      result: "refused",
      reason: "wrong_password",
    });
  });

  test("once, and the connection is closed", async () => {
    await using proxy = await startHidingProxy(stack.server, []);
    const user = await newCheckedUser({ port: proxy.port });
    await check(user, { password: "wrong" });
    expect(proxy.connectionCount()).toBe(1);
  });

  test("of an unknown user is refused", async () => {
    const user = await newCheckedUser();
    const stranger = { ...user, account: { ...user.account, userId: "usr_nobody" } };
    expect(await check(stranger)).toEqual({ result: "refused", reason: "host_not_found" });
  });

  test("at the user's own host only if the provider allows one", async () => {
    const { host, port } = stack.server;
    const fixed = await newCheckedUser();
    expect(await check(fixed, { host: "imap.invalid" })).toEqual({ result: "accepted" });
    const own = await newCheckedUser({ port: 9, ownHost: true });
    const accepted = { result: "accepted" };
    expect(await check(own, { host, port, allowsPrivateHosts: true })).toEqual(accepted);
    expect(await check(own, { allowsPrivateHosts: true })).toEqual({
      result: "refused",
      reason: "connection_refused",
    });
  });

  test.each(["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "::1", "db.internal"])(
    "and never at the private host %s",
    async (host) => {
      await using proxy = await startHidingProxy(stack.server, []);
      const user = await newCheckedUser({ ownHost: true });
      const answer = await check(user, { host, port: proxy.port });
      expect(answer).toMatchObject({ result: "refused" });
      expect(proxy.connectionCount()).toBe(0);
    },
  );
});
