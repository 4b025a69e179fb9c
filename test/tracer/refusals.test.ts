import { afterAll, beforeAll, expect, test } from "vitest";
import { sendTracers } from "../../fleet/tracer/send-tracers.ts";
import { TokenError } from "../../fleet/tokens/token-error.ts";
import { HOST } from "../../dev/stack/ports.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { startRawServer } from "../harness/network/raw-server.ts";
import { startSubmission, type SubmissionOptions } from "../harness/mail-servers/submission.ts";
import { startSessionStack } from "../mailbox/session-stack.ts";
import {
  newTracerUser,
  sendCluster,
  TIMEOUTS,
  type TracerStack,
  type TracerUserOptions,
  withTracers,
} from "./tracer-stack.ts";

let stack: TracerStack;
beforeAll(async () => {
  stack = withTracers(await startSessionStack(startInHouse));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const submission = (options: Partial<SubmissionOptions> = {}) =>
  startSubmission(stack.certificates, {
    security: "none",
    deliver: stack.server.deliver,
    ...options,
  });

/** Sends a few tracers. Returns the errors that are recorded in tracer_logs. */
async function sendAndReadErrors(options: TracerUserOptions) {
  const user = await newTracerUser(stack, options);
  const before = stack.log.lines.length;
  await sendCluster(stack, user);
  // The log must contain no address and no secret.
  expect(stack.log.lines.slice(before).join()).not.toMatch(/example\.com|pass/);
  return (await user.tracers()).map(({ sendError }) => sendError);
}

const failures = async () => {
  const { values } = await stack.metrics.tracers.get();
  return values.find(({ labels }) => labels.result === "failed")?.value ?? 0;
};

test("a server that is down is tried once, and the row has the error", async () => {
  const { port } = await submission().then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  const before = await failures();
  const errors = await sendAndReadErrors({ smtp: { host: HOST, port } });
  expect(errors).toEqual(["the mail server cannot be reached"]);
  expect(await failures()).toBe(before + 1);
});

test("a server that refuses the login is asked once", async () => {
  await using smtp = await submission({ isRight: () => false });
  expect(await sendAndReadErrors({ smtp })).toEqual(["the mail server refused the login (535)"]);
  expect(smtp.connectionCount()).toBe(1);
});

test("a server that refuses the mail ends the cluster", async () => {
  await using smtp = await submission({ deliver: () => Promise.reject(new Error("full")) });
  expect(await sendAndReadErrors({ smtp })).toEqual(["the mail server refused the mail (550)"]);
});

test("a server without STARTTLS gets no password where TLS is wanted", async () => {
  const logins: string[] = [];
  await using smtp = await submission({
    isRight: ({ password }) => logins.push(password ?? "") > 0,
  });
  const { host, port } = smtp;
  const [error] = await sendAndReadErrors({ smtp: { host, port, starttls: true } });
  expect(error).toMatch(/TLS certificate or handshake/);
  expect(logins).toEqual([]);
});

test("a silent server is given up", async () => {
  await using silent = await startRawServer(() => {});
  const user = await newTracerUser(stack, { smtp: { host: HOST, port: silent.port } });
  const timeouts = { connectMs: 200, greetingMs: 200, commandMs: 200 };
  const settings = { tracers: 3, allowsPrivateHosts: true, timeouts };
  await sendTracers(stack.sendDeps, settings, user, new AbortController().signal);
  const inTime = "the mail server did not answer in time";
  expect(await user.tracers()).toMatchObject([{ sendError: inTime }]);
});

test("a server that sends its answers byte by byte is given up, too", async () => {
  await using dripping = await startRawServer((socket) => {
    const timer = setInterval(() => socket.write("220-still here\r\n"), 20);
    socket.on("close", () => clearInterval(timer));
  });
  const user = await newTracerUser(stack, { smtp: { host: HOST, port: dripping.port } });
  const timeouts = { connectMs: 200, greetingMs: 200, commandMs: 200 };
  const settings = { tracers: 3, allowsPrivateHosts: true, timeouts };
  await sendTracers(stack.sendDeps, settings, user, new AbortController().signal);
  expect(await user.tracers()).toMatchObject([{ sendError: expect.stringContaining("in time") }]);
});

test("a stop ends a cluster at once, and counts as no failure", async () => {
  const stop = new AbortController();
  await using silent = await startRawServer(() => stop.abort());
  const user = await newTracerUser(stack, { smtp: { host: HOST, port: silent.port } });
  const before = await failures();
  await sendCluster(stack, user, { signal: stop.signal });
  expect(await user.tracers()).toMatchObject([{ sendError: "this instance was stopped" }]);
  expect(await failures()).toBe(before);
});

test("a provider without an SMTP server sends nothing", async () => {
  expect(await sendAndReadErrors({})).toEqual(["its provider names no SMTP server"]);
});

test("a provider that gives no access token sends nothing", async () => {
  await using smtp = await submission();
  const user = await newTracerUser(stack, { smtp });
  const { username } = user.account.login;
  const account = {
    ...user.account,
    login: { kind: "oauth2", username, mechanism: null } as const,
  };
  const failure = { kind: "transient", reason: "server_unavailable" } as const;
  const tokens = {
    ...stack.tokens,
    accessToken: () => Promise.reject(new TokenError(failure, "the provider is down")),
  };
  const settings = { tracers: 1, allowsPrivateHosts: true, timeouts: TIMEOUTS };
  const { signal } = new AbortController();
  await sendTracers({ ...stack.sendDeps, tokens }, settings, { user: user.user, account }, signal);
  const error = "the provider gives no access token";
  expect(await user.tracers()).toMatchObject([{ sendError: error }]);
  expect(smtp.connectionCount()).toBe(0);
});

test("an internal error is logged as an error, and its row contains no secret", async () => {
  await using smtp = await submission();
  const user = await newTracerUser(stack, { smtp });
  const mailboxVault = {
    ...stack.sendDeps.mailboxVault,
    open: () => Promise.reject(new Error("x")),
  };
  await sendCluster(stack, user, { mailboxVault });
  const error = "an internal error of the fleet; see its log";
  expect(await user.tracers()).toMatchObject([{ sendError: error }]);
  expect(stack.log.lines.at(-1)).toMatch(/"tracer\.failed"/);
});

test.each(["localhost", "127.0.0.1", "2130706433", "::1", "db.internal", "169.254.169.254"])(
  "the mail server %s, which a user named, is not dialled",
  async (host) => {
    await using smtp = await submission();
    const user = await newTracerUser(stack, { smtp: { host: null, port: smtp.port } });
    const account = { ...user.account, server: { ...user.account.server, host, isOwnHost: true } };
    const settings = { tracers: 1, allowsPrivateHosts: false, timeouts: TIMEOUTS };
    const { signal } = new AbortController();
    await sendTracers(stack.sendDeps, settings, { user: user.user, account }, signal);
    const sendError = "the mail server has no public address";
    expect(await user.tracers()).toMatchObject([{ sendError }]);
    expect(smtp.connectionCount()).toBe(0);
  },
);
