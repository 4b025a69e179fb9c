import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nextEvent } from "./sessions/server-event.ts";
import { makeTestCertificate } from "./test-certificate.ts";
import { ALICE, connectClient, MAIL, RawClient, startWithAlice } from "./test-client.ts";

test("a client logs in over TLS", async () => {
  const tls = await makeTestCertificate();
  await using server = await startWithAlice({ tls });
  const { tlsPort = 0 } = server;
  await using client = await connectClient(server, {
    port: tlsPort,
    secure: true,
    tls: { ca: tls.cert },
  });
  expect(client.secureConnection).toBe(true);
  expect(server.connectionCount("alice")).toBe(1);
});

test("a client logs in after STARTTLS, and its disconnect is counted", async () => {
  const tls = await makeTestCertificate();
  await using server = await startWithAlice({ tls });
  const left = nextEvent(server.events, "disconnect");
  const client = await connectClient(server, { doSTARTTLS: true, tls: { ca: tls.cert } });
  expect(client.secureConnection).toBe(true);
  await client.logout();
  expect((await left).login).toBe("alice");
  expect(server.connectionCount()).toBe(0);
});

test("a wrong password is refused with AUTHENTICATIONFAILED, a changed one accepted", async () => {
  await using server = await startWithAlice();
  const auth = { user: "alice", pass: "changed" };
  await expect(connectClient(server, { auth })).rejects.toMatchObject({
    authenticationFailed: true,
    serverResponseCode: "AUTHENTICATIONFAILED",
  });
  server.setPassword("alice", "changed");
  await using client = await connectClient(server, { auth });
  expect(client.authenticated).toBeTruthy();
  expect(server.loginCount("alice")).toBe(1);
});

test("a client in IDLE is notified of a delivery immediately", async () => {
  await using server = await startWithAlice();
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX", { readOnly: true });
  const idling = nextEvent(server.events, "idle");
  const idle = client.idle();
  await idling;
  expect(server.idleCount("alice")).toBe(1);
  const heard = once(client, "exists");
  server.deliver(ALICE.address, MAIL);
  expect(await heard).toMatchObject([{ path: "INBOX", count: 1, prevCount: 0 }]);
  await client.noop();
  await idle;
  expect(server.idleCount("alice")).toBe(0);
});

test("IDLE is neither offered nor served if it is switched off", async () => {
  await using server = await startWithAlice({ idle: false });
  await using client = await connectClient(server);
  expect(client.capabilities.has("IDLE")).toBe(false);
});

test("a new UIDVALIDITY ends the sessions in the mailbox and renumbers the mail", async () => {
  await using server = await startWithAlice();
  server.deliver(ALICE.address, "A: 1\r\n\r\n");
  const before = server.deliver(ALICE.address, MAIL);
  server.expunge(ALICE.address, "INBOX", 1);
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX");
  const closed = once(client, "close");
  const uidValidity = server.resetUidValidity(ALICE.address);
  await closed;
  expect(uidValidity).toBeGreaterThan(before.uidValidity);
  await using again = await connectClient(server);
  expect(await again.mailboxOpen("INBOX")).toMatchObject({
    uidValidity: BigInt(uidValidity),
    uidNext: 2,
  });
  expect(await again.fetchOne("1", { source: true }, { uid: true })).toMatchObject({
    source: Buffer.from(MAIL),
  });
});

test("disconnectAll() drops the clients of one login", async () => {
  await using server = await startWithAlice();
  await using client = await connectClient(server);
  using stranger = new RawClient(server);
  await stranger.exchange("", /ready/);
  const closed = once(client, "close");
  server.disconnectAll("alice");
  await closed;
  expect(server.connectionCount()).toBe(1);
});

test("a Gmail account shows one message, with its labels, in each of its mailboxes", async () => {
  await using server = await startWithAlice({ gmail: true });
  server.deliver(ALICE.address, MAIL, { labels: ["\\Inbox", "\\Sent", "Work"] });
  server.deliver(ALICE.address, MAIL, { labels: ["\\Trash"] });
  await using client = await connectClient(server);
  const allMail = (await client.list()).find(({ specialUse }) => specialUse === "\\All");
  expect(allMail?.path).toBe("[Gmail]/All Mail");
  await client.mailboxOpen("[Gmail]/All Mail", { readOnly: true });
  const inAll = await client.fetchAll("1:*", { labels: true, threadId: true });
  expect(inAll).toMatchObject([{ labels: new Set(["\\Inbox", "\\Sent", "Work"]) }]);
  await client.mailboxOpen("INBOX", { readOnly: true });
  const inInbox = await client.fetchAll("1:*", { labels: true });
  expect(inInbox).toMatchObject([
    { labels: new Set(["\\Sent", "Work"]), emailId: inAll[0]?.emailId },
  ]);
});

test("mail, flags and UIDs outlive a restart when they have a directory", async () => {
  const directory = await mkdtemp(join(tmpdir(), "imap-server-"));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(directory, { recursive: true }));
  const internalDate = new Date("2026-02-01T12:00:00Z");
  let uidValidity: number;
  {
    await using server = await startWithAlice({ directory });
    ({ uidValidity } = server.deliver(ALICE.address, MAIL, { internalDate, flags: ["\\Seen"] }));
    server.deliver(ALICE.address, MAIL);
    server.deliver(ALICE.address, MAIL, { mailbox: "Work/../." });
    server.expunge(ALICE.address, "INBOX", 2);
  }
  await using server = await startWithAlice({ directory });
  expect(server.deliver(ALICE.address, MAIL)).toEqual({ uid: 3, uidValidity });
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX");
  const [kept] = await client.fetchAll("1:*", { flags: true, internalDate: true, source: true });
  expect(kept).toMatchObject({
    uid: 1,
    internalDate,
    flags: new Set(["\\Seen"]),
    source: Buffer.from(MAIL),
  });
  expect(await client.status("Work/../.", { messages: true })).toMatchObject({ messages: 1 });
});

test("a server without a directory starts each time under a greater UIDVALIDITY", async () => {
  await using first = await startWithAlice();
  await using second = await startWithAlice();
  const before = first.deliver(ALICE.address, MAIL).uidValidity;
  expect(second.deliver(ALICE.address, MAIL).uidValidity).toBeGreaterThan(before);
});

test("nextEvent() ignores other logins, and rejects when its signal aborts", async () => {
  await using server = await startWithAlice();
  const patience = new AbortController();
  const awaited = nextEvent(server.events, "login", { login: "bob", signal: patience.signal });
  await using client = await connectClient(server);
  expect(client.usable).toBe(true);
  patience.abort(new Error("Enough"));
  await expect(awaited).rejects.toThrow("Enough");
});
