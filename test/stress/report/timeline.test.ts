import { expect, test } from "vitest";
import { sliceRun } from "./timeline.ts";

const START_MS = 1_000;
const sentAt = (n: number, ms: number) =>
  ({ n, fate: "delivered", login: "user1", messageId: `<${n}>`, sentAtMs: START_MS + ms }) as const;

test("a run is cut into slices of two seconds, with latency by the time of sending", () => {
  const sent = [sentAt(0, 0), sentAt(1, 1_999), sentAt(2, 2_000), sentAt(3, 2_001)];
  const arrivals = new Map([
    [0, START_MS + 10],
    [1, START_MS + 5_999],
    [2, START_MS + 2_500],
  ]);
  const receipts = { firstAtMs: (n: number) => arrivals.get(n) };
  const slices = sliceRun(sent, receipts, { startMs: START_MS, endMs: START_MS + 6_500 });
  expect(slices).toEqual([
    { atS: 2, sentPerS: 1, deliveredPerS: 0.5, p50Ms: 10, p99Ms: 4_000 },
    { atS: 4, sentPerS: 1, deliveredPerS: 0.5, p50Ms: 500, p99Ms: 500 },
    { atS: 6, sentPerS: 0, deliveredPerS: 0.5, p50Ms: null, p99Ms: null },
    { atS: 8, sentPerS: 0, deliveredPerS: 0, p50Ms: null, p99Ms: null },
  ]);
});

test("a run without mail has empty slices", () => {
  const none = { firstAtMs: () => undefined };
  expect(sliceRun([], none, { startMs: 0, endMs: 100 })).toEqual([
    { atS: 2, sentPerS: 0, deliveredPerS: 0, p50Ms: null, p99Ms: null },
  ]);
});
