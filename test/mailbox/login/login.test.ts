import { once } from "node:events";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { users } from "../../../db/users/tables.ts";
import { readPort } from "../../../dev/stack/ports.ts";
import { eventually } from "../../harness/eventually.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { newMailUser, newPasswordLogin } from "../mail-user.ts";
import { SESSION_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const MAIL = "From: bob@example.com\r\nSubject: Hello\r\n\r\nHello\r\n";

describe.each(SESSION_SERVERS)("logging in at $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  test.each(["tls", "starttls", "none"] as const)(
    "mail arrives over a connection with security %s",
    async (security) => {
      const { port, tlsPort } = stack.server;
      const server = { security, port: security === "tls" ? tlsPort : port };
      const user = await newMailUser(stack, { server });
      await using sessions = stack.openSessions();
      sessions.watch(user.account);
      await user.watching();
      await stack.server.deliver(user.address, MAIL);
      expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
    },
  );

  test("a server without AUTH=PLAIN is given the LOGIN command", async () => {
    await using proxy = await startHidingProxy(stack.server, ["AUTH=PLAIN"]);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
  });

  test("a certificate for another host is not trusted", async () => {
    // The certificate is for localhost and 127.0.0.1 only.
    const host = "127.0.0.2";
    await using opened = new AsyncDisposableStack();
    const forwarder = opened.adopt(
      createServer((socket) => {
        const { tlsPort, host: to } = stack.server;
        pipeline(socket, connect(tlsPort, to), socket).catch(() => undefined);
      }),
      (server) => void server.close(),
    );
    forwarder.listen(0, host);
    await once(forwarder, "listening");
    const server = { security: "tls", port: readPort(forwarder), host } as const;
    const user = await newMailUser(stack, { server });
    const sessions = opened.use(stack.openSessions());
    sessions.watch(user.account);
    await eventually("the certificate to be refused", async () =>
      (await user.state()).state === "unreachable" ? true : undefined,
    );
    expect(await user.state()).toEqual({ state: "unreachable", reason: "certificate_not_trusted" });
  });

  test("a wrong password is tried once, and a new one at once", async () => {
    await using proxy = await startHidingProxy(stack.server, []);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    const { userId } = user.account;
    await using sessions = stack.openSessions();
    const wrong = { username: user.login, password: "wrong" };
    sessions.watch({ ...user.account, login: await newPasswordLogin(stack, userId, wrong) });
    await eventually("the password to be refused", async () =>
      (await user.state()).state === "auth_failed" ? true : undefined,
    );
    expect(await user.state()).toEqual({ state: "auth_failed", reason: "wrong_password" });
    expect(proxy.connectionCount()).toBe(1);

    const credentialsAt = new Date();
    await stack.db.update(users).set({ credentialsAt }).where(eq(users.id, userId));
    sessions.watch({ ...user.account, credentialsAt });
    await user.watching();
    expect(await user.state()).toEqual({ state: "watching", reason: null });
    expect(proxy.connectionCount()).toBe(2);
  });

  test("a password that is changed on the server does not end the session", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await stack.server.setPassword(user.login, "another");
    await stack.server.deliver(user.address, MAIL);
    await user.recorded(1);
    await stack.server.disconnect(user.login);
    await eventually("the old password to be refused", async () =>
      (await user.state()).state === "auth_failed" ? true : undefined,
    );
  });

  test("two hundred changes without effect cost no login", async () => {
    await using proxy = await startHidingProxy(stack.server, []);
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    await using sessions = stack.openSessions();
    for (let n = 0; n < 200; n++) sessions.watch({ ...user.account, tag: `tag ${n}` });
    await user.watching();
    await stack.server.deliver(user.address, MAIL);
    await user.recorded(1);
    expect(await user.events()).toMatchObject([{ user_tag: "tag 199" }]);
    expect(proxy.connectionCount()).toBe(1);
  });
});
