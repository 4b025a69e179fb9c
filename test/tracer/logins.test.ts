import { Buffer } from "node:buffer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSmtpTransport } from "../../fleet/tracer/smtp-transport.ts";
import type { SubmissionServer } from "../../fleet/tracer/submission-server.ts";
import { sendTracers } from "../../fleet/tracer/send-tracers.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { startSubmission, type SubmissionOptions } from "../harness/mail-servers/submission.ts";
import { startSessionStack } from "../mailbox/session-stack.ts";
import { newTracerUser, TIMEOUTS, type TracerStack, withTracers } from "./tracer-stack.ts";

let stack: TracerStack;
beforeAll(async () => {
  stack = withTracers(await startSessionStack(startInHouse));
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** Starts an SMTP server that records the mails it accepts. */
async function startTaking(options: Pick<SubmissionOptions, "security" | "isRight">) {
  const taken: string[] = [];
  const server = await startSubmission(stack.certificates, {
    ...options,
    deliver: async (_address, raw) => void taken.push(Buffer.from(raw).toString()),
  });
  return Object.assign(server, { taken });
}

test.each<SubmissionServer["security"]>(["tls", "starttls", "none"])(
  "a mail is handed in with the password, over one connection: %s",
  async (security) => {
    const isRight: SubmissionOptions["isRight"] = ({ method, username, password }) =>
      method === "PLAIN" && username === "ann" && password === "pass ü";
    await using smtp = await startTaking({ security, isRight });
    const transport = createSmtpTransport({
      server: { host: "localhost", port: smtp.port, security, isOwnHost: false },
      dialled: smtp.host,
      credentials: { kind: "password", username: "ann", password: "pass ü" },
      secureContext: stack.secureContext,
      timeouts: TIMEOUTS,
    });
    const mail = { from: "ann@example.com", to: "ann@example.com", text: "Hello" };
    await transport.sendMail({ ...mail, subject: "one" });
    await transport.sendMail({ ...mail, subject: "two" });
    transport.close();
    const subjects = smtp.taken.map((mail) => /^Subject: (.*)\r$/m.exec(mail)?.[1]);
    expect(subjects).toEqual(["one", "two"]);
    expect(smtp.connectionCount()).toBe(1);
  },
);

test.each<SubmissionServer["security"]>(["tls", "starttls"])(
  "a certificate of another name is refused before the password is sent: %s",
  async (security) => {
    const logins: unknown[] = [];
    await using smtp = await startTaking({ security, isRight: (login) => logins.push(login) > 0 });
    const transport = createSmtpTransport({
      server: { host: "smtp.example.com", port: smtp.port, security, isOwnHost: true },
      dialled: smtp.host,
      credentials: { kind: "password", username: "ann", password: "pass" },
      secureContext: stack.secureContext,
      timeouts: TIMEOUTS,
    });
    const sent = transport.sendMail({ from: "a@example.com", to: "a@example.com", text: "Hello" });
    await expect(sent).rejects.toMatchObject({ code: expect.stringMatching(/^E(TLS|SOCKET)$/) });
    transport.close({ force: true });
    expect(logins).toEqual([]);
  },
);

test("a tracer is handed in by XOAUTH2 with the user's access token", async () => {
  const isRight: SubmissionOptions["isRight"] = ({ method, username, accessToken }) =>
    method === "XOAUTH2" && username === "ann@example.com" && accessToken === "token-1";
  await using smtp = await startTaking({ security: "starttls", isRight });
  const { port } = smtp;
  const user = await newTracerUser(stack, { smtp: { host: "localhost", port, starttls: true } });
  const login = { kind: "oauth2", username: "ann@example.com", mechanism: null } as const;
  const tokens = {
    ...stack.tokens,
    accessToken: () => Promise.resolve({ value: "token-1", renewAtMs: Infinity }),
  };
  await sendTracers(
    { ...stack.sendDeps, tokens },
    { tracers: 2, allowsPrivateHosts: true, timeouts: TIMEOUTS },
    { user: user.user, account: { ...user.account, login } },
    new AbortController().signal,
  );
  expect(await user.tracers()).toMatchObject([{ sendError: null }, { sendError: null }]);
  expect(smtp.taken).toHaveLength(2);
  expect(smtp.taken.join()).toContain(`To: ${user.address}`);
});
