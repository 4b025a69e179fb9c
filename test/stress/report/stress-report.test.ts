import { expect, test } from "vitest";
import { CHAOS_KINDS, type ChaosKind } from "../../imap-server/chaos/chaos-kind.ts";
import { describeReport } from "./describe-report.ts";
import { judgeStress, type StressReport } from "./stress-report.ts";

const lies = Object.fromEntries(CHAOS_KINDS.map((kind) => [kind, 3])) as Record<ChaosKind, number>;

const good: StressReport = {
  options: {
    users: 2_000,
    instances: 2,
    ratePerS: 50,
    loadMs: 120_000,
    hasChaos: true,
    killEveryMs: 5_000,
    seed: 7,
  },
  machine: "2 cores",
  settings: { HEARTBEAT_TTL: "4" },
  mails: {
    sent: 6_000,
    toDeliver: 5_900,
    delivered: 5_900,
    lost: 0,
    parked: 0,
    queued: 0,
    toSkip: 200,
    skipped: 200,
  },
  recorded: { delivered: 5_900, "skipped: before_user": 100 },
  webhooks: {
    received: 5_959,
    doubled: 59,
    doubledShare: 0.0099,
    forged: 0,
    idsWithTwoBodies: 0,
    mailsWithTwoIds: 1,
    unexplained: 0,
  },
  latency: { p50Ms: 63.2, p99Ms: 18_321, maxMs: 60_000 },
  logins: { total: 4_000, perSecond: 20, busiestSecond: 600 },
  lies,
  kills: { a: 4, b: 0 },
  settledMs: 42_000,
  processes: [{ process: "a", maxRssMib: 159.4, meanCpuShare: 0.091, maxOpenSockets: 1_118 }],
  faults: [],
};

test("a run without lost mail has no faults, even with repeated deliveries", () => {
  expect(judgeStress(good)).toEqual([]);
});

const withMails = (mails: Partial<StressReport["mails"]>) => ({
  ...good,
  mails: { ...good.mails, ...mails },
});
const withWebhooks = (webhooks: Partial<StressReport["webhooks"]>) => ({
  ...good,
  webhooks: { ...good.webhooks, ...webhooks },
});

test.each([
  [withMails({ lost: 2 }), "2 mails are lost, wanted none"],
  [withMails({ parked: 1 }), "1 mails are parked, wanted none"],
  [withMails({ queued: 1 }), "1 mails have no recorded end, wanted none"],
  [withMails({ skipped: 199 }), "1 mails are not recorded as skipped, wanted none"],
  [withWebhooks({ forged: 1 }), "1 webhooks had a wrong signature, wanted none"],
  [withWebhooks({ idsWithTwoBodies: 1 }), "1 webhook ids came with two bodies, wanted none"],
  [
    withWebhooks({ unexplained: 1 }),
    "1 mails came under two webhook ids for no reason, wanted none",
  ],
  [
    { ...good, lies: { ...lies, bye: 0, slow_drip: 0 } },
    "The server never told these lies: bye, slow_drip; a longer run will",
  ],
  [{ ...good, kills: { a: 0, b: 0 } }, "No instance was killed; a longer run will see kills"],
])("a fault is reported with its count: %#", (report, fault) => {
  expect(judgeStress(report)).toEqual([fault]);
});

test("missing lies and kills count only if they were requested", () => {
  const options = { ...good.options, hasChaos: false, killEveryMs: null };
  const none = Object.fromEntries(CHAOS_KINDS.map((kind) => [kind, 0])) as typeof lies;
  expect(judgeStress({ ...good, options, lies: none, kills: { a: 0 } })).toEqual([]);
});

test("the report in words has every figure", () => {
  const text = describeReport(good);
  for (const part of [
    "seed        7\n",
    "2,000 users, 2 instances, 50 mails a second for 2 min, chaos on, a kill each 5 s",
    "lost        0 (parked 0, without a recorded end 0)",
    "59 (0.99 %) under the same id",
    "p50 63 ms, p99 18.3 s, longest 60.0 s",
    "a 4, b 0",
    "159 MiB",
    "9 %",
    "1,118",
    "✓ Nothing is lost",
  ]) {
    expect(text).toContain(part);
  }
  expect(describeReport({ ...good, faults: ["2 mails are lost"] })).toContain("✗ 2 mails are lost");
});
