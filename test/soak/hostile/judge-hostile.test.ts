import { expect, test } from "vitest";
import { judgeHostileRun } from "./judge-hostile.ts";
import type { HostileReport } from "./run-hostile.ts";

const QUIET = { p50Ms: 10, p99Ms: 100, longestStallMs: 50, maxRssMib: 300, cpuShare: 0.1 };
const REPORT: HostileReport = {
  ranOn: "a machine",
  sent: 100,
  delivered: 100,
  quiet: QUIET,
  attacked: { ...QUIET, p99Ms: 1_000, longestStallMs: 200, maxRssMib: 350 },
  connections: 10,
  sentMib: 1,
  states: {},
};

test("hostile users that keep to every bound are no fault", () => {
  expect(judgeHostileRun(REPORT)).toEqual([]);
});

test("each bound that hostile users break is a fault", () => {
  const attacked = { ...QUIET, p99Ms: 1_200, longestStallMs: 300.4, maxRssMib: 360 };
  expect(judgeHostileRun({ ...REPORT, attacked, delivered: 98 })).toEqual([
    "Lost: found 2 of 100, wanted none",
    "More memory: found 60 MiB, wanted 50 MiB at most",
    "Longest stall: found 300 ms, wanted 200 ms at most",
    "p99 of others: found 1200 ms, wanted 1000 ms at most",
  ]);
});

test("stalls that a quiet instance has, too, are not counted", () => {
  const quiet = { ...QUIET, p99Ms: 1_300, longestStallMs: 400 };
  const attacked = { ...quiet, p99Ms: 1_300, longestStallMs: 400 };
  expect(judgeHostileRun({ ...REPORT, quiet, attacked })).toEqual([]);
});
