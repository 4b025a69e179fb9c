import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ALICE, connectClient, MAIL, RawClient, startWithAlice } from "../test-client.ts";

test("AUTHENTICATE PLAIN accepts an initial response, too", async () => {
  await using server = await startWithAlice();
  using client = new RawClient(server);
  const response = Buffer.from(`\0alice\0${ALICE.password}`).toString("base64");
  expect(await client.exchange(`a AUTHENTICATE PLAIN ${response}\r\n`, /^a .*\r\n/m)).toContain(
    "a OK [CAPABILITY ",
  );
});

test("LIST names the special-use mailboxes", async () => {
  await using server = await startWithAlice();
  await using client = await connectClient(server);
  const mailboxes = (await client.list()).map(({ path, specialUse }) => [path, specialUse]);
  expect(mailboxes).toEqual([
    ["INBOX", "\\Inbox"],
    ["Sent", "\\Sent"],
    ["Drafts", "\\Drafts"],
    ["Junk", "\\Junk"],
    ["Trash", "\\Trash"],
  ]);
});

test("EXAMINE and STATUS return the state of a mailbox", async () => {
  await using server = await startWithAlice();
  const { uidValidity } = server.deliver(ALICE.address, MAIL);
  await using client = await connectClient(server);
  const opened = await client.mailboxOpen("INBOX", { readOnly: true });
  expect(opened).toMatchObject({
    exists: 1,
    uidNext: 2,
    uidValidity: BigInt(uidValidity),
    readOnly: true,
  });
  const query = { messages: true, uidNext: true, uidValidity: true, unseen: true };
  const status = await client.status("INBOX", query);
  expect(status).toMatchObject({
    messages: 1,
    uidNext: 2,
    uidValidity: BigInt(uidValidity),
    unseen: 1,
  });
});

test("SEARCH finds by date and by UID", async () => {
  await using server = await startWithAlice();
  for (const day of [1, 2, 3]) {
    server.deliver(ALICE.address, MAIL, { internalDate: new Date(Date.UTC(2026, 1, day, 12)) });
  }
  server.expunge(ALICE.address, "INBOX", 2);
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX", { readOnly: true });
  expect(await client.search({ since: "2026-02-02" }, { uid: true })).toEqual([3]);
  expect(await client.search({ uid: "2:*" }, { uid: true })).toEqual([3]);
  expect(await client.search({ all: true })).toEqual([1, 2]);
});

const bodies: [name: string, raw: Buffer][] = [
  [
    "8-bit bytes",
    Buffer.concat([Buffer.from(MAIL), Buffer.from(Array.from({ length: 256 }, (_, i) => i))]),
  ],
  ["nothing", Buffer.alloc(0)],
  ["1 MB", Buffer.concat([Buffer.from(MAIL), randomBytes(1_000_000)])],
];

test.each(bodies)("a mail of %s is fetched as it was delivered", async (_name, raw) => {
  await using server = await startWithAlice();
  const { uid } = server.deliver(ALICE.address, raw);
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX", { readOnly: true });
  const query = { source: true, size: true, flags: true, envelope: true, bodyStructure: true };
  const message = await client.fetchOne(String(uid), query, { uid: true });
  expect(message).toMatchObject({ uid, size: raw.length, flags: new Set() });
  expect(message && message.source && raw.equals(message.source)).toBe(true);
});

test("FETCH returns envelope, date and parts", async () => {
  await using server = await startWithAlice();
  const internalDate = new Date("2026-02-01T12:00:00Z");
  server.deliver(
    ALICE.address,
    "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nFrom: J\u00fcrgen <j@x.y>\r\nTo: g: a@b.c;\r\n\r\nbody",
    {
      internalDate,
    },
  );
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX");
  const query = {
    envelope: true,
    internalDate: true,
    headers: ["to"],
    source: { start: 2, maxLength: 4 },
  };
  const message = await client.fetchOne("1", query);
  expect(message).toMatchObject({
    internalDate,
    envelope: { subject: "grüße", from: [{ name: "Jürgen", address: "j@x.y" }] },
  });
  expect(message && message.source?.toString()).toBe("bjec");
  expect(message && message.headers?.toString()).toBe("To: g: a@b.c;\r\n\r\n");
});

test("a client without IDLE is notified at its next command, and its numbers do not shift during a fetch", async () => {
  await using server = await startWithAlice();
  for (let count = 0; count < 3; count++) server.deliver(ALICE.address, MAIL);
  using client = new RawClient(server);
  const password = Buffer.from(ALICE.password).toString("latin1");
  await client.exchange(
    `a LOGIN alice {${password.length}+}\r\n${password}\r\nb SELECT INBOX\r\n`,
    /^b .*\r\n/m,
  );
  server.expunge(ALICE.address, "INBOX", 1);
  server.deliver(ALICE.address, MAIL);
  expect(await client.exchange("c FETCH 3 UID\r\n", /^c .*\r\n/m)).toBe(
    "* 3 FETCH (UID 3)\r\n* 4 EXISTS\r\nc OK FETCH completed\r\n",
  );
  expect(await client.exchange("d NOOP\r\n", /^d .*\r\n/m)).toBe(
    "* 1 EXPUNGE\r\nd OK NOOP completed\r\n",
  );
  expect(await client.exchange("e FETCH 4 UID\r\n", /^e .*\r\n/m)).toContain(
    "e BAD No such message",
  );
});

test("flags are stored, and deleted mail is expunged", async () => {
  await using server = await startWithAlice();
  server.deliver(ALICE.address, MAIL);
  server.deliver(ALICE.address, MAIL);
  await using client = await connectClient(server);
  await client.mailboxOpen("INBOX");
  expect(await client.messageFlagsAdd("1", ["\\Seen", "kept"])).toBe(true);
  expect(await client.search({ seen: false }, { uid: true })).toEqual([2]);
  expect(await client.messageDelete("1")).toBe(true);
  expect(await client.search({ all: true }, { uid: true })).toEqual([2]);
});

test("APPEND stores mail with flags and date", async () => {
  await using server = await startWithAlice();
  await using client = await connectClient(server);
  const date = new Date("2026-02-01T12:00:00Z");
  const appended = await client.append("Sent", MAIL, ["\\Seen"], date);
  expect(appended).toMatchObject({ destination: "Sent", uid: 1 });
  await client.mailboxOpen("Sent");
  const message = await client.fetchOne("1", { flags: true, internalDate: true, source: true });
  expect(message).toMatchObject({
    flags: new Set(["\\Seen"]),
    internalDate: date,
    source: Buffer.from(MAIL),
  });
});

test("an endless or invalid command does not affect other clients", async () => {
  await using server = await startWithAlice();
  using client = new RawClient(server);
  expect(await client.exchange("a FROBNICATE 1\r\n", /^a .*\r\n/m)).toContain(
    "a BAD Expected a known command",
  );
  expect(await client.exchange("nonsense\r\n", /^\* BAD .*\r\n/m)).toContain("* BAD");
  expect(await client.exchange("b FETCH 1 ALL\r\n", /^b .*\r\n/m)).toContain(
    "b BAD Select a mailbox first",
  );
  expect(await client.exchange("c".repeat(70_000), /BYE/)).toContain("* BYE [TOOBIG]");
  await using other = await connectClient(server);
  expect(other.usable).toBe(true);
});
