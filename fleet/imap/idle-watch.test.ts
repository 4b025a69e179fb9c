import { beforeEach, expect, test } from "vitest";
import type { FetchedMail } from "./fetched-mail.ts";
import { IdleWatch } from "./idle-watch.ts";
import type { IdleWatchHost } from "./idle-watch-host.ts";

const SETTINGS = { commandMs: 30_000, lookMs: 60_000 };
const FETCH = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.65536>)";

/** The calls that the host received, in order. */
let calls: unknown[][];
let writes: string[];
let deadlineMs: number;
let watch: IdleWatch;

const host: IdleWatchHost = {
  write: (_, text) => void writes.push(text),
  setDeadline: (_, ms) => void (deadlineMs = ms),
  onAnnounced: () => void watch.read(),
  onMails: (_, mails, lastUid) => void calls.push(["mails", mails.map(toText), lastUid]),
  onLooked: () => void calls.push([watch.hasFoundAll ? "looked, all found" : "looked"]),
  onRest: (_, why) => void calls.push(["rest", why]),
  onEnd: (_, end) => void calls.push(["end", ...Object.values(end)]),
};

const toText = ({ uid, source }: FetchedMail) => `${uid} ${Buffer.from(source).toString()}`;

beforeEach(() => {
  [calls, writes, deadlineMs] = [[], [], 0];
  watch = new IdleWatch(host, SETTINGS, {
    uidValidity: 7,
    lastUid: 10,
    exists: 5,
    present: [8, 10],
    hasLabels: false,
  });
  watch.begin();
});

const receive = (...lines: string[]) =>
  watch.receive(Buffer.from(lines.map((line) => `${line}\r\n`).join(""), "latin1"));

const row = (uid: number, body = `mail ${uid}`, size = body.length) =>
  `* 9 FETCH (UID ${uid} FLAGS () INTERNALDATE "30-Nov-2026 10:00:00 +0100" RFC822.SIZE ${size} BODY[]<0> {${body.length}}\r\n${body})`;

/** Announces a mail, so that the watch begins to read UID 11. */
function announce() {
  receive("+ idling", "* 6 EXISTS");
}

test("it holds IDLE, and a look is due later", () => {
  expect([writes, deadlineMs]).toEqual([["W1 IDLE\r\n"], 30_000]);
  receive("+ idling");
  expect([writes.length, deadlineMs]).toEqual([1, 60_000]);
});

test("new mail is read with one write, and passed on once SEARCH and FETCH have ended", () => {
  announce();
  expect(writes[1]).toBe(
    `DONE\r\nW2 UID SEARCH UID 11:*\r\nW3 UID FETCH 11:30 ${FETCH}\r\nW4 IDLE\r\n`,
  );
  receive("W1 OK", "* SEARCH 11 12", "W2 OK", row(12), row(11), "* 3 FETCH (FLAGS (\\Seen))");
  expect(calls).toEqual([]);
  receive("W3 OK");
  expect(calls).toEqual([["mails", ["11 mail 11", "12 mail 12"], 12]]);
  receive("+ idling");
  expect([writes.length, deadlineMs]).toEqual([2, 60_000]);
});

test("mail that arrives meanwhile is read once the first is recorded", () => {
  announce();
  receive("W1 OK", "* SEARCH 11", "W2 OK", row(11), "* 7 EXISTS", "W3 OK", "+ idling");
  expect(writes).toHaveLength(2);
  watch.onRecorded();
  expect(writes[2]).toContain("W5 UID SEARCH UID 12:*");
});

test("mail that was announced while SEARCH ran, and that it found, is not looked for again", () => {
  announce();
  receive("W1 OK", "* 7 EXISTS", "* SEARCH 11 12", "W2 OK", row(11), row(12), "W3 OK", "+ idling");
  watch.onRecorded();
  expect(writes).toHaveLength(2);
});

test("mail that FETCH finds and SEARCH did not find yet is read the next time", () => {
  announce();
  receive("W1 OK", "* SEARCH 11", "W2 OK", row(11), row(12), "W3 OK");
  expect(calls).toEqual([["mails", ["11 mail 11"], 11]]);
  watch.onRecorded();
  receive("+ idling");
  expect(writes[2]).toContain("UID FETCH 12:31");
});

test("many new mails are read 20 UIDs at a time, without a new announcement", () => {
  receive("+ idling", "* 35 EXISTS");
  const first = Array.from({ length: 20 }, (_, n) => row(11 + n));
  receive("W1 OK", "* ESEARCH UID ALL 11:40", "W2 OK", ...first, "W3 OK", "+ idling");
  expect(calls[0]?.[2]).toBe(30);
  watch.onRecorded();
  expect(writes[2]).toContain("UID FETCH 31:50");
  const others = Array.from({ length: 10 }, (_, n) => row(31 + n));
  receive("W4 OK", "* ESEARCH UID ALL 31:40", "W5 OK", ...others, "W6 OK", "+ idling");
  watch.onRecorded();
  expect([calls[1]?.[2], writes.length]).toEqual([40, 3]);
});

test("a wide gap between UIDs is left to a full client", () => {
  announce();
  receive("W1 OK", "* SEARCH 11 500", "W2 OK", row(11), "W3 OK", "+ idling");
  expect(calls).toEqual([["mails", ["11 mail 11"], 30]]);
  watch.onRecorded();
  receive("W4 OK", "* SEARCH 500", "W5 OK", "W6 OK", "+ idling", "W7 OK");
  expect([calls[1], watch.lastUid]).toEqual([["rest", "many_mails"], 30]);
});

test("a look finds mail that was not announced", () => {
  receive("+ idling");
  watch.onDue();
  expect(writes[1]).toBe("DONE\r\nW2 UID SEARCH UID 1:*\r\nW3 IDLE\r\n");
  receive("W1 OK", "* SEARCH 8 10 11", "W2 OK", "+ idling");
  expect(calls).toEqual([["looked"]]);
  expect(writes[2]).toContain("W4 UID SEARCH UID 11:*");
});

test("a look that finds nothing new only renews IDLE", () => {
  receive("+ idling");
  watch.onDue();
  receive("W1 OK", "* SEARCH 10", "W2 OK", "+ idling");
  expect([calls, writes.length, deadlineMs]).toEqual([[["looked, all found"]], 2, 60_000]);
});

test("announced mail that is not there is looked for again soon, and then at each look", () => {
  announce();
  receive("W1 OK", "* SEARCH 10", "W2 OK", "W3 OK", "+ idling");
  expect([calls, deadlineMs]).toEqual([[["looked"]], 200]);
  const waits = [2, 3, 4].map((n) => {
    watch.onDue();
    receive(`W${2 * n} OK`, "* SEARCH 10", `W${2 * n + 1} OK`, "+ idling");
    return deadlineMs;
  });
  expect(waits).toEqual([1_000, 5_000, 60_000]);
});

test("a server that announces mail with each answer is not asked without end", () => {
  receive("+ idling", "* 6 EXISTS");
  for (let n = 0; n < 50; n++) {
    const tags = [...(writes.at(-1) ?? "").matchAll(/^W\d+/gm)].map(([tag]) => tag);
    if (n === 0) receive("W1 OK");
    else receive(`W${Number(tags[0]?.slice(1)) - 1} OK`);
    receive(`* ${7 + n} EXISTS`, ...tags.slice(0, -1).map((tag) => `${tag} OK`), "+ idling");
    if (calls.length >= 2) break;
  }
  expect(writes).toHaveLength(3);
  expect(deadlineMs).toBe(1_000);
});

test("an EXPUNGE is counted, so that the next EXISTS is news", () => {
  receive("+ idling", "* 2 EXPUNGE", "* 5 EXISTS");
  expect(writes).toHaveLength(2);
});

test("a hundred thousand mails may be marked as read while mail is read", () => {
  announce();
  receive("W1 OK", ...Array(100_000).fill("* 123456 FETCH (FLAGS (\\Seen))"));
  receive("* SEARCH 11", "W2 OK", row(11), "W3 OK");
  expect(calls).toEqual([["mails", ["11 mail 11"], 11]]);
});

test("a repeated EXISTS is no news", () => {
  receive("+ idling", "* 5 EXISTS", "* 5 EXISTS");
  expect(writes).toHaveLength(1);
});

test("a mail that SEARCH finds and FETCH leaves out is left to a full client", () => {
  announce();
  receive("W1 OK", "* SEARCH 11 12", "W2 OK", row(11), "W3 OK");
  expect(calls).toEqual([]);
  receive("+ idling");
  expect(writes.at(-1)).toBe("DONE\r\n");
  receive("W4 OK");
  expect(calls).toEqual([["rest", "mail_incomplete"]]);
  expect(watch.lastUid).toBe(10);
});

test.each([
  ["sent, but not found", "mail_incomplete", ["* SEARCH"], [row(11)]],
  ["sent, but not found among others", "mail_incomplete", ["* SEARCH 12"], [row(11), row(12)]],
  ["not as long as it should be", "mail_incomplete", ["* SEARCH 11"], [row(11, "abc", 5)]],
  ["empty", "mail_incomplete", ["* SEARCH 11"], [row(11, "")]],
  ["without its size", "mail_incomplete", ["* SEARCH 11"], ["* 1 FETCH (UID 11 BODY[] abc)"]],
  ["large", "mail_large", ["* SEARCH 11"], [row(11, "x".repeat(65_536), 70_000)]],
  ["more than a thousand", "many_mails", ["* ESEARCH UID ALL 11:1011"], []],
  ["beside a far one, but not found", "mail_incomplete", ["* SEARCH 31"], [row(11)]],
  ["in four billion", "many_mails", ["* ESEARCH UID ALL 11:4294967295"], []],
])("mail that is %s is left to a full client", (_what, why, found, rows) => {
  announce();
  receive("W1 OK", ...found, "W2 OK", ...rows, "W3 OK", "+ idling", "W4 OK");
  expect([calls, watch.lastUid]).toEqual([[["rest", why]], 10]);
});

test.each([
  ["many new mails", "many_mails", ["* 5000 EXISTS", "W1 OK"]],
  [
    "mail that was announced bit by bit",
    "many_mails",
    ["* 15 EXISTS", "* 1006 EXISTS", "W1 OK", "W2 OK", "W3 OK", "+ idling", "W4 OK"],
  ],
  ["a changed UIDVALIDITY", "renumbered", ["* OK [UIDVALIDITY 8] new", "W1 OK"]],
  ["a line that cannot be read", "unreadable", ["* 1 FETCH (UID", "W1 OK"]],
  ["an IDLE that the server ends", "idle_ended", ["W1 OK enough"]],
  ["a refused IDLE", "idle_refused", ["W1 NO not now"]],
])("%s is left to a full client", (_what, why, lines) => {
  receive("+ idling", ...lines);
  expect(calls).toEqual([["rest", why]]);
});

test("a refused SEARCH is left to a full client, after all running commands", () => {
  announce();
  receive("W1 OK", "W2 NO not supported", row(11), "W3 OK");
  expect(calls).toEqual([]);
  receive("+ idling", "W4 OK");
  expect(calls).toEqual([["rest", "command_refused"]]);
});

test("a `+` that is repeated, or sent too early, changes nothing", () => {
  receive(
    "+ idling",
    "+ idling",
    "* 6 EXISTS",
    "+ go",
    "W1 OK",
    "* SEARCH 11",
    "W2 OK",
    row(11),
    "W3 OK",
    "+ idling",
    "+ idling",
  );
  expect(calls).toEqual([["mails", ["11 mail 11"], 11]]);
});

test("while mail arrives all the time, each tenth read searches the UIDs up to the cursor", () => {
  receive("+ idling");
  for (let n = 0; n < 11; n++) {
    receive(`* ${6 + n} EXISTS`, `W${3 * n + 1} OK`, `* SEARCH ${11 + n}`, `W${3 * n + 2} OK`);
    receive(row(11 + n), `W${3 * n + 3} OK`, "+ idling");
    watch.onRecorded();
  }
  const from = writes.map((text) => /SEARCH UID (\d+)/.exec(text)?.[1]).slice(1);
  expect(from).toEqual(["11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "1"]);
});

test("mail behind the cursor that a read finds is left to a full client", () => {
  announce();
  receive("W1 OK", "* SEARCH 9 11", "W2 OK", row(11), "W3 OK", "+ idling", "W4 OK");
  expect(calls).toEqual([["rest", "mail_behind"]]);
});

test("mail behind the cursor is left to a full client", () => {
  receive("+ idling");
  watch.onDue();
  receive("W1 OK", "* SEARCH 8 9 10", "W2 OK", "+ idling", "W3 OK");
  expect(calls).toEqual([["rest", "mail_behind"]]);
});

test("a full client begins between two responses", () => {
  receive("+ idling");
  watch.rest();
  watch.receive(Buffer.from("W1 OK\r\n* 6 EX"));
  expect(calls).toEqual([]);
  watch.receive(Buffer.from("ISTS\r\n"));
  expect(calls).toEqual([["rest", "asked"]]);
});

test("it comes to rest when it is asked to, also before IDLE is confirmed", () => {
  watch.rest();
  expect(writes).toHaveLength(1);
  receive("+ idling");
  expect(writes[1]).toBe("DONE\r\n");
  receive("* 6 EXISTS", "W1 OK");
  expect(calls).toEqual([["rest", "asked"]]);
  receive("* BYE");
  watch.onDue();
  expect(calls).toHaveLength(1);
});

test.each([
  [
    "BYE",
    ["end", "closed_by_server", { name: "UNAVAILABLE", argument: "" }, "later"],
    "* BYE [UNAVAILABLE] later",
  ],
  [
    "a request to wait",
    ["end", "throttled", 92_415],
    "W1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds",
  ],
  ["the end of a command that was not sent", ["end", "out_of_step"], "W9 OK"],
  ["a line without end", ["end", "too_much_sent"], "x".repeat(70_000)],
  [
    "a SEARCH that finds too much for one line",
    ["end", "line_too_long"],
    `* 6 EXISTS\r\nW1 OK\r\n* SEARCH ${"4294967295 ".repeat(7_000)}`,
  ],
  ["a huge literal", ["end", "too_much_sent"], "* 1 FETCH (BODY[] {4294967295}"],
  [
    "changed flags without end",
    ["end", "too_much_sent"],
    Array(300_000).fill("* 1 FETCH (FLAGS ())").join("\r\n"),
  ],
])("%s ends the connection", (_what, end, line) => {
  receive("+ idling", line);
  expect(calls).toEqual([end]);
});

test("a command without an answer ends the connection, one that goes on does not", () => {
  announce();
  receive("W1 OK", "* SEARCH 11", "W2 OK", "* 5 EXPUNGE", "* OK x".repeat(3_000));
  watch.onDue();
  expect([calls, deadlineMs > 1_000]).toEqual([[], true]);
  watch.onDue();
  expect(calls).toEqual([["end", "silent"]]);
});
