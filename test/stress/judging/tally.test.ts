import { expect, test } from "vitest";
import type { SentMail } from "../mail-generator.ts";
import {
  countKills,
  countMails,
  countUnexplainedIds,
  measureLatencies,
  summariseLatency,
  summariseLogins,
  summariseProcesses,
} from "./tally.ts";

const mail = (n: number, fate: SentMail["fate"] = "delivered"): SentMail => ({
  n,
  fate,
  login: "user1",
  messageId: `<${n}>`,
  sentAtMs: n * 10,
});

/** Returns the receipts of these mails. Each arrived 5 ms after it was sent. */
const arrived = (...mails: readonly number[]) => ({
  listIds: (n: number) => (mails.includes(n) ? [`evt_${n}`] : []),
  firstAtMs: (n: number) => (mails.includes(n) ? n * 10 + 5 : undefined),
});

const recorded = (...messageIds: readonly string[]) => ({
  parked: 0,
  queued: 0,
  skippedMessageIds: new Set(messageIds),
});

test.each([
  [
    "all is well",
    [mail(0), mail(1)],
    arrived(0, 1),
    recorded(),
    { sent: 2, delivered: 2, lost: 0 },
  ],
  ["a mail that did not come is lost", [mail(0), mail(1)], arrived(1), recorded(), { lost: 1 }],
  [
    "a mail that is parked and did not come is lost",
    [mail(0)],
    arrived(),
    { ...recorded(), parked: 1 },
    { lost: 1, parked: 1 },
  ],
  [
    "the second copy of a mail is skipped",
    [mail(0, "repeated")],
    arrived(0),
    recorded("<0>"),
    { sent: 2, toDeliver: 1, delivered: 1, toSkip: 1, skipped: 1, lost: 0 },
  ],
  [
    "a repeated mail of which no copy came is lost",
    [mail(0, "repeated")],
    arrived(),
    recorded("<0>"),
    { lost: 1, skipped: 1 },
  ],
  [
    "a mail that is dated back may be skipped",
    [mail(0, "dated_back")],
    arrived(),
    recorded("<0>"),
    { toDeliver: 0, toSkip: 0, skipped: 0, lost: 0 },
  ],
  [
    "a mail that is dated back and neither came nor has a row is lost",
    [mail(0, "dated_back"), mail(1, "dated_back")],
    arrived(0),
    recorded(),
    { toDeliver: 2, delivered: 1, lost: 1 },
  ],
  [
    "a skip that was not meant does not count as one",
    [mail(0)],
    arrived(),
    recorded("<0>"),
    { lost: 1, skipped: 0 },
  ],
])("%s", (_, sent, receipts, records, expected) => {
  expect(countMails(sent, receipts, records)).toMatchObject(expected);
});

test.each([
  ["no mail", [], [], 0],
  ["a mail of which one id was recorded", [["evt_1", "evt_2"]], ["evt_2"], 0],
  ["a mail of which both ids were recorded", [["evt_1", "evt_2"]], ["evt_1", "evt_2"], 1],
])("%s under several ids is explained or not", (_, severalIds, known, unexplained) => {
  expect(countUnexplainedIds(severalIds, new Set(known))).toBe(unexplained);
});

test("latency is that of the mails that came", () => {
  const latenciesMs = measureLatencies([mail(0), mail(1), mail(2)], arrived(0, 2));
  expect(latenciesMs).toEqual([5, 5]);
  expect(summariseLatency([1, 2, 3, 40])).toEqual({ p50Ms: 2, p99Ms: 40, maxMs: 40 });
  expect(summariseLatency([])).toBeNull();
});

test("logins are counted by the second", () => {
  expect(summariseLogins([100, 900, 1_100, 5_000], 8_000)).toEqual({
    total: 4,
    perSecond: 0.5,
    busiestSecond: 2,
  });
  expect(summariseLogins([], 1_000)).toEqual({ total: 0, perSecond: 0, busiestSecond: 0 });
});

test("an instance that was never killed is counted too", () => {
  const kills = [{ instance: "a", atMs: 1 }];
  expect(countKills(["a", "b"], kills)).toEqual({ a: 1, b: 0 });
});

test("a process is shown with its highest memory and sockets, and its mean CPU", () => {
  const sample = (rssMib: number, cpuShare: number | null) => ({
    process: "a",
    atMs: 0,
    rssMib,
    cpuShare,
    openSockets: rssMib / 10,
  });
  expect(summariseProcesses([sample(100, null), sample(300, 0.2), sample(200, 0.4)])).toEqual([
    { process: "a", maxRssMib: 300, meanCpuShare: expect.closeTo(0.3), maxOpenSockets: 30 },
  ]);
});
