import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { startImapServer, type TestImapServer } from "../imap-server.ts";
import { RawClient } from "../test-client.ts";
import { type Chaos, createChaos } from "./chaos.ts";
import type { ChaosKind } from "./chaos-kind.ts";

const BOB = { login: "bob", password: "secret", address: "bob@example.com" };
const BODY = "Subject: Hello\r\n\r\nHello\r\n";
const GREETING = /^\* OK .*\r\n$/;
const LOG_IN = "a LOGIN bob secret\r\n";
const SELECT = "s SELECT INBOX\r\n";
const FETCH = "f UID FETCH 1:* BODY.PEEK[]\r\n";

let chaos: Chaos;
let server: TestImapServer;
beforeEach(async () => {
  chaos = createChaos({ seed: 42, weights: {} });
  server = await startImapServer({ chaos });
  server.addAccount(BOB);
  server.deliver(BOB.address, BODY);
});
afterEach(() => server[Symbol.asyncDispose]());

async function greeted(): Promise<RawClient> {
  const client = new RawClient(server);
  await client.exchange("", GREETING);
  return client;
}

async function selected(): Promise<RawClient> {
  const client = await greeted();
  await client.exchange(LOG_IN, /^a OK/m);
  await client.exchange(SELECT, /^s OK/m);
  return client;
}

/** Makes the server lie in this way, and in no other, at every opportunity. */
const lie = (kind: ChaosKind) => chaos.setWeights({ [kind]: 1 });

const counted = (kind: ChaosKind) =>
  eventually(`${kind} to be counted`, () => (chaos.counts()[kind] > 0 ? true : undefined));

test("a server with chaos but no weights tells the truth", async () => {
  using client = await selected();
  expect(await client.exchange(FETCH, /^f /m)).toContain(BODY);
  expect(Object.values(chaos.counts()).every((count) => count === 0)).toBe(true);
});

test("greeting_bye refuses a client with BYE", async () => {
  lie("greeting_bye");
  using client = new RawClient(server);
  expect(await client.exchangeToEnd("")).toMatch(/^\* BYE .*\r\n$/);
  expect(chaos.counts().greeting_bye).toBe(1);
});

test("greeting_never leaves a client without a word", async () => {
  lie("greeting_never");
  using client = new RawClient(server);
  await counted("greeting_never");
  setTimeout(() => server.disconnectAll());
  expect(await client.exchangeToEnd("a NOOP\r\n")).toBe("");
});

test.each([
  ["login_refused", /^a NO \[AUTHENTICATIONFAILED\]/],
  ["login_unavailable", /^a NO \[UNAVAILABLE\]/],
  ["login_limit", /^a NO \[LIMIT\]/],
  ["command_bad", /^a BAD /],
  ["gibberish_tagged", /^a (?!OK |NO |BAD )/],
] as const)("%s answers a login with %s", async (kind, answer) => {
  using client = await greeted();
  lie(kind);
  expect(await client.exchange(LOG_IN, /\r\n$/)).toMatch(answer);
  expect(chaos.counts()[kind]).toBe(1);
  expect(server.loginCount()).toBe(0);
});

test.each([
  ["command_no", /^s NO SELECT failed/],
  ["missing_inbox", /^s NO \[NONEXISTENT\]/],
] as const)("%s answers SELECT with %s", async (kind, answer) => {
  using client = await greeted();
  await client.exchange(LOG_IN, /^a OK/m);
  lie(kind);
  expect(await client.exchange(SELECT, /\r\n$/)).toMatch(answer);
  expect(chaos.counts()[kind]).toBe(1);
});

test.each([
  ["command_unanswered", "n NOOP\r\n"],
  ["idle_unanswered", "i IDLE\r\n"],
  ["half_open", "n NOOP\r\n"],
] as const)("%s leaves a client without an answer, on an open socket", async (kind, command) => {
  using client = await selected();
  lie(kind);
  const end = client.exchangeToEnd(command);
  await counted(kind);
  expect(server.connectionCount("bob")).toBe(1);
  server.deliver(BOB.address, BODY);
  server.disconnectAll();
  expect(await end).toBe("");
});

test("gibberish_untagged comes before true responses", async () => {
  using client = await selected();
  lie("gibberish_untagged");
  const received = await client.exchange("c CAPABILITY\r\n", /^c OK.*\r\n/m);
  expect(received.split("\r\n")).toHaveLength(5);
  expect(received).toMatch(/^\* CAPABILITY/m);
  expect(chaos.counts().gibberish_untagged).toBe(2);
});

test.each([
  ["a tagged response", "n NOOP\r\n"],
  ["a continuation", "i IDLE\r\n"],
])("bye replaces the answer to %s", async (_, command) => {
  using client = await selected();
  lie("bye");
  expect(await client.exchangeToEnd(command)).toMatch(/^\* BYE .*\r\n$/);
  expect(chaos.counts().bye).toBe(1);
});

test("disconnect cuts a response off at any byte", async () => {
  const lengths = new Set<number>();
  for (let n = 0; n < 10; n++) {
    chaos.setWeights({});
    using client = await selected();
    lie("disconnect");
    const received = await client.exchangeToEnd(FETCH);
    expect(`* 1 FETCH (BODY[] {25}\r\n${BODY} UID 1)\r\n`.startsWith(received)).toBe(true);
    lengths.add(received.length);
  }
  expect(lengths.size).toBeGreaterThan(5);
  expect(chaos.counts().disconnect).toBe(10);
});

test.each([
  ["literal_larger", (announced: number) => announced > BODY.length],
  ["literal_smaller", (announced: number) => announced < BODY.length],
] as const)("%s announces another size than it sends", async (kind, isFalse) => {
  using client = await selected();
  lie(kind);
  const received = await client.exchange(FETCH, /^f OK.*\r\n/m);
  expect(received).toContain(BODY);
  expect(isFalse(Number(/\{(\d+)\}/.exec(received)?.[1]))).toBe(true);
  expect(chaos.counts()[kind]).toBe(1);
});

const HEADERS = "h UID FETCH 1 (UID INTERNALDATE ENVELOPE)\r\n";

test.each([
  ["row_left_out", HEADERS, /^h OK/],
  [
    "row_unasked",
    HEADERS,
    /^\* 1 FETCH \(FLAGS \(\\Seen\) UID 1\)\r\n\* 1 FETCH \(UID 1 INTERNALDATE/,
  ],
  ["row_unreadable", HEADERS, /ENVELOPE \("/],
  ["row_without_uid", HEADERS, /^\* 1 FETCH \(INTERNALDATE/],
  ["date_odd", HEADERS, /INTERNALDATE (NIL|"soon"|"01-Jan-(1970|2400) 00:00:00 \+0000") /],
  ["literal_empty", FETCH, /^\* 1 FETCH \(BODY\[\] \{0\}\r\n UID 1\)\r\n/],
  ["body_changed", FETCH, /^\* 1 FETCH \(BODY\[\] \{\d+\}\r\nX-Scanned: [\d.]+\r\nSubject: Hello/],
  ["search_refused", "f UID SEARCH ALL\r\n", /^f NO /],
  ["number_hostile", "f NOOP\r\n", /^\* 4294967295 EXISTS\r\n\* 4 EXISTS/],
  ["exists_forgotten", "f NOOP\r\n", /^f OK/],
  ["exists_never", "f NOOP\r\n", /^f OK/],
  ["message_limit", "f UID SEARCH ALL\r\n", /^\* SEARCH 3\r\nf OK \[MESSAGELIMIT 1 3\] /],
  ["uidnext_left_out", "f EXAMINE INBOX\r\n", /^(?![^]*UIDNEXT)/],
] as const)("%s answers %j as its kind describes", async (kind, command, answer) => {
  for (const n of [2, 3]) server.deliver(BOB.address, `Subject: ${n}\r\n\r\n`);
  using client = await selected();
  lie(kind);
  if (command.includes("NOOP")) server.deliver(BOB.address, BODY);
  expect(await client.exchange(command, /^[fh] (OK|NO).*\r\n/m)).toMatch(answer);
  expect(chaos.counts()[kind]).toBeGreaterThan(0);
});

test("search_refused lasts as long as the connection", async () => {
  using client = await selected();
  lie("search_refused");
  await client.exchange("f UID SEARCH ALL\r\n", /^f NO/m);
  chaos.setWeights({});
  expect(await client.exchange("g UID SEARCH ALL\r\n", /^g /m)).toMatch(/^g NO/);
  using other = await selected();
  expect(await other.exchange("f UID SEARCH ALL\r\n", /^f /m)).toContain("* SEARCH 1");
});

test("exists_never lasts as long as the connection, and SEARCH finds the mail", async () => {
  using client = await selected();
  lie("exists_never");
  server.deliver(BOB.address, BODY);
  await client.exchange("f NOOP\r\n", /^f OK/m);
  chaos.setWeights({});
  server.deliver(BOB.address, BODY);
  expect(await client.exchange("g NOOP\r\n", /^g OK.*\r\n/m)).toMatch(/^g OK/);
  const search = await client.exchange("h UID SEARCH ALL\r\n", /^h OK.*\r\n/m);
  expect(search).toBe("* SEARCH 1 2 3\r\nh OK SEARCH completed\r\n");
});

test("slow_drip sends byte by byte, in order, and later data waits", async () => {
  using client = await selected();
  lie("slow_drip");
  const chunks: string[] = [];
  client.onChunk = (chunk) => chunks.push(chunk);
  const received = await client.exchange(FETCH, /^f OK.*\r\n/m);
  expect(received).toBe(`* 1 FETCH (BODY[] {25}\r\n${BODY} UID 1)\r\nf OK FETCH completed\r\n`);
  expect(chunks.length).toBeGreaterThan(received.length / 2);
  expect(chaos.counts().slow_drip).toBeGreaterThan(0);
});

test("uid_validity_reset renumbers the mailbox before it is opened", async () => {
  using client = await greeted();
  await client.exchange(LOG_IN, /^a OK/m);
  const { uidValidity } = server.deliver(BOB.address, BODY);
  lie("uid_validity_reset");
  expect(await client.exchange(SELECT, /^s OK/m)).toContain(`[UIDVALIDITY ${uidValidity + 1}]`);
  expect(chaos.counts().uid_validity_reset).toBe(1);
});

test("uid_validity_reset ends a session in the middle", async () => {
  using client = await selected();
  lie("uid_validity_reset");
  expect(await client.exchangeToEnd(FETCH)).toBe("* BYE UIDVALIDITY changed\r\n");
  expect(chaos.counts().uid_validity_reset).toBe(1);
});

test("exists_early announces mail that can be found and fetched only later", async () => {
  using client = await selected();
  lie("exists_early");
  server.deliver(BOB.address, BODY);
  expect(await client.exchange("n NOOP\r\n", /^n OK/m)).toMatch(/^\* 2 EXISTS/);
  expect(chaos.counts().exists_early).toBe(1);
  expect(await client.exchange("f UID FETCH 1:* UID\r\n", /^f OK/m)).not.toContain("UID 2");
  expect(await client.exchange("f UID SEARCH ALL\r\n", /^f OK/m)).toContain("* SEARCH 1\r\n");
  await eventually("the mail to be there", async () =>
    (await client.exchange("f UID FETCH 2 UID\r\n", /^f OK/m)).includes("UID 2") ? true : undefined,
  );
});

test("exists_early hides the last mail of a mailbox that is opened", async () => {
  using client = await greeted();
  await client.exchange(LOG_IN, /^a OK/m);
  lie("exists_early");
  expect(await client.exchange(SELECT, /^s OK/m)).toContain("* 1 EXISTS");
  expect(await client.exchange(FETCH, /^f OK/m)).not.toContain("UID 1");
});

test("the same seed lies alike on the wire", async () => {
  const session = async () => {
    const seeded = createChaos({
      seed: 11,
      weights: { command_no: 0.2, command_bad: 0.2, gibberish_untagged: 0.2 },
    });
    await using repeated = await startImapServer({ chaos: seeded });
    using client = new RawClient(repeated);
    let received = await client.exchange("", /OK.*\r\n$/);
    for (let n = 0; n < 30; n++)
      received += await client.exchange(`n${n} NOOP\r\n`, new RegExp(`^n${n} .*\r\n`, "m"));
    return { received, counts: seeded.counts() };
  };
  const first = await session();
  expect(await session()).toEqual(first);
  expect(first.counts.command_no).toBeGreaterThan(0);
});
