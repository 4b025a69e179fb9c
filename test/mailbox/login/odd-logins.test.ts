import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { eventually } from "../../harness/eventually.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { startRawServer } from "../../harness/network/raw-server.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { newMailUser, newPasswordLogin } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const GREETING = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] Ready\r\n";
/**
 * Returns the behaviour of a server that sends `greeting`, and answers each command with
 * `answer()`. Undefined means no answer.
 */
const answering =
  (greeting: string, answer: (command: string) => string | undefined) => (socket: Socket) => {
    socket.write(greeting);
    socket.on("data", (data: Buffer) => {
      const text = data.toString("latin1");
      const [tag = "", command = ""] = text.split(" ");
      // The second line of AUTHENTICATE has no tag.
      const answered = answer(command.trim() === "" ? "" : text);
      if (answered !== undefined) socket.write(answered.replaceAll("TAG", tag));
    });
  };
const always = (reply: string) => answering(GREETING, () => reply);

type Server = {
  name: string;
  behave(socket: Socket): void;
  security?: "tls" | "starttls" | "none";
};
type Seen = { state: string; reason: string | null };

const MISFITS: [Server, Seen][] = [
  [
    {
      name: "says BYE after its greeting",
      behave(socket) {
        socket.write(`${GREETING}* BYE Server restarting.\r\n`);
        socket.end();
      },
    },
    { state: "backoff", reason: "connection_lost" },
  ],
  [
    {
      name: "says BYE in answer to the login",
      behave: answering(GREETING, () => "* BYE Too many simultaneous connections\r\n"),
    },
    { state: "backoff", reason: "too_many_connections" },
  ],
  [
    {
      name: "greets with too many connections",
      behave(socket) {
        socket.end("* BYE Maximum number of connections from user+IP exceeded\r\n");
      },
    },
    { state: "backoff", reason: "too_many_connections" },
  ],
  [
    {
      name: "has disabled logins on plain text",
      behave: answering("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS] Ready\r\n", () => ""),
    },
    { state: "unreachable", reason: "tls_required" },
  ],
  [
    {
      name: "greets with PREAUTH where STARTTLS is wanted",
      behave(socket) {
        socket.write("* PREAUTH [CAPABILITY IMAP4rev1] Ready\r\n");
      },
      security: "starttls",
    },
    { state: "unreachable", reason: "starttls_not_offered" },
  ],
  [
    { name: "offers no STARTTLS", behave: always("TAG BAD what\r\n"), security: "starttls" },
    { state: "unreachable", reason: "starttls_not_offered" },
  ],
  [
    { name: "speaks no TLS on the port", behave: always("TAG BAD what\r\n"), security: "tls" },
    { state: "unreachable", reason: "no_tls_on_port" },
  ],
  [
    {
      name: "is one of the web",
      behave(socket) {
        socket.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
      },
    },
    { state: "unreachable", reason: "not_imap" },
  ],
  [
    {
      name: "is for sending mail",
      behave(socket) {
        socket.write("220 mail.example ESMTP\r\n");
      },
    },
    { state: "unreachable", reason: "not_imap" },
  ],
  [
    {
      name: "is one of the web, and hangs up",
      behave(socket) {
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      },
    },
    { state: "unreachable", reason: "not_imap" },
  ],
  [
    {
      name: "hangs up when TLS begins",
      behave(socket) {
        socket.on("data", () => socket.end());
      },
      security: "tls",
    },
    { state: "unreachable", reason: "no_tls_on_port" },
  ],
  [
    {
      name: "says BYE with a code",
      behave(socket) {
        socket.end("* BYE [UNAVAILABLE] come back\r\n");
      },
    },
    { state: "backoff", reason: "server_unavailable" },
  ],
  [
    { name: "wants to be asked later", behave: always("TAG NO Server Unavailable. 15\r\n") },
    { state: "backoff", reason: "server_unavailable" },
  ],
];

test.each(MISFITS)("what is said of a server that $name", async ({ behave, security }, seen) => {
  await using server = await startRawServer(behave);
  const { port } = server;
  const user = await newMailUser(stack, { server: { port, security: security ?? "none" } });
  await using sessions = stack.openSessions({ timeouts: { greetingMs: 500 } });
  sessions.watch(user.account);
  await eventually("the state to be known", async () =>
    (await user.state()).state === seen.state ? true : undefined,
  );
  expect(await user.state()).toEqual(seen);
});

/** Returns a clock that records each wait, and waits a thousandth of it. */
function notingClock() {
  const pauses: number[] = [];
  const sleep: Clock["sleep"] = (ms, signal) => {
    pauses.push(ms);
    return hurriedClock(1_000).sleep(ms, signal);
  };
  return { pauses, clock: { ...systemClock, sleep } };
}

test("a pause that the server requests during a fetch is kept, and parks no mail", async () => {
  const { clock, pauses } = notingClock();
  await using proxy = await startTamperingProxy(stack.server);
  const user = await newMailUser(stack, { server: { port: proxy.port } });
  await using sessions = stack.openSessions({ clock });
  sessions.watch(user.account);
  await user.watching();
  let throttled = 0;
  proxy.onCommand = (command) =>
    command.includes("FETCH") && throttled++ === 0
      ? { reply: "BAD Request is throttled. Suggested Backoff Time: 250000 milliseconds" }
      : "pass";
  await stack.server.deliver(user.address, "Subject: 1\r\n\r\nHello\r\n");
  expect(await user.recorded(1)).toMatchObject([{ state: "queued" }]);
  expect(pauses).toContain(250_000);
});

test("a pause that a server requests begins immediately and has the requested length", async () => {
  const { clock, pauses } = notingClock();
  const reply = "TAG NO Request is throttled. Suggested Backoff Time: 250000 milliseconds\r\n";
  await using server = await startRawServer(always(reply));
  const user = await newMailUser(stack, { server: { port: server.port } });
  await using sessions = stack.openSessions({ clock });
  sessions.watch(user.account);
  await eventually("two logins", () => (server.accepted() >= 2 ? true : undefined));
  expect(pauses[0]).toBe(250_000);
  expect(await user.state()).toEqual({ state: "backoff", reason: "too_many_connections" });
});

describe.each(MAIL_SERVERS)("logging in at $name", ({ startServer }) => {
  let own: SessionStack;
  beforeAll(async () => {
    own = await startSessionStack(startServer);
  });
  afterAll(() => own?.[Symbol.asyncDispose]());

  test.each(["NO", "BAD", "NO [CANNOT]", "BAD [CLIENTBUG]"])(
    "a password is given by LOGIN where AUTH=PLAIN is answered %s",
    async (no) => {
      await using proxy = await startTamperingProxy(own.server);
      proxy.onCommand = (command) =>
        command.includes("AUTHENTICATE PLAIN") ? { reply: `${no} not that way` } : "pass";
      // The user's password contains `ü`, so LOGIN must send it as a literal.
      const user = await newMailUser(own, { server: { port: proxy.port } });
      await using sessions = own.openSessions();
      sessions.watch(user.account);
      await user.watching();
      expect(proxy.connectionCount()).toBe(1);
    },
  );

  test("a password that has worked must be refused twice before it is reported", async () => {
    await using proxy = await startTamperingProxy(own.server);
    const user = await newMailUser(own, { server: { port: proxy.port } });
    await using sessions = own.openSessions();
    sessions.watch(user.account);
    await user.watching();
    let refusals = 0;
    proxy.onCommand = (command) => {
      if (!command.includes("AUTHENTICATE")) return "pass";
      refusals++;
      return { reply: "NO [AUTHENTICATIONFAILED] Authentication failed" };
    };
    await own.server.disconnect(user.login);
    await eventually("the first refusal", async () =>
      (await user.state()).reason === "wrong_password" ? true : undefined,
    );
    expect(await user.state()).toEqual({ state: "backoff", reason: "wrong_password" });
    expect(refusals).toBe(1);
    await eventually("the second", async () =>
      (await user.state()).state === "auth_failed" ? true : undefined,
    );
    expect(refusals).toBe(2);
  });

  test("one refusal of a password that has worked is not reported", async () => {
    await using proxy = await startTamperingProxy(own.server);
    const user = await newMailUser(own, { server: { port: proxy.port } });
    await using sessions = own.openSessions();
    sessions.watch(user.account);
    await user.watching();
    let refusals = 0;
    proxy.onCommand = (command) =>
      command.includes("AUTHENTICATE") && refusals++ === 0 ? { reply: "NO failed" } : "pass";
    await own.server.disconnect(user.login);
    await eventually("another connection", () => (proxy.connectionCount() >= 2 ? true : undefined));
    await user.watching();
    expect((await user.state()).state).toBe("watching");
  });

  test("a password that never worked is wrong at once", async () => {
    const user = await newMailUser(own);
    const login = await newPasswordLogin(own, user.account.userId, {
      username: user.login,
      password: "no",
    });
    await using sessions = own.openSessions();
    sessions.watch({ ...user.account, login });
    await eventually("the state to be known", async () =>
      (await user.state()).state === "auth_failed" ? true : undefined,
    );
  });
});
