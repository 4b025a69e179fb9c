import { expect, test } from "vitest";
import { judgeMemoryRun, measureMemory } from "./judge-memory.ts";
import type { MemoryReport } from "./memory-report.ts";

/** Returns a sample each minute, with 60 logins a minute. */
const sample = (rssMib: readonly number[]) =>
  rssMib.map((mib, minute) => ({ atMs: minute * 60_000, rssMib: mib, logins: 60 * minute }));

const REPORT: MemoryReport = {
  ranOn: "a machine",
  samples: sample([80, 90, 100, 100, 105, 105, 115, 115]),
  users: 400,
  watching: 400,
  logins: 420,
  sent: 100,
  delivered: 100,
  lost: 0,
  repeated: 3,
  wrong: 0,
};

test("memory is the median of each quarter, and its growth is that after the first quarter", () => {
  const samples = sample([1, 2, 100, 101, 102, 103, 104, 105]);
  const figures = measureMemory(samples);
  expect(figures.quartersMib).toEqual([1, 100, 102, 104]);
  expect(figures.kibPerMinute).toBeCloseTo(1_024);
  expect(figures.kibPerLogin).toBeCloseTo(1_024 / 60);
});

test("a run within all limits has no faults, even if webhooks were repeated", () => {
  expect(judgeMemoryRun(REPORT)).toEqual([]);
});

test("each limit that a run exceeds is a fault", () => {
  const samples = sample([80, 90, 100, 100, 105, 105, 115.2, 115.2]);
  expect(judgeMemoryRun({ ...REPORT, samples, watching: 399, lost: 2, wrong: 1 })).toEqual([
    "Lost: found 2 of 100, wanted none",
    "Wrong webhooks: found 1, wanted none",
    "Watched at the end: found 399, wanted 400",
    "Memory in the last quarter: found 115.2 MiB, wanted 115.0 MiB at most",
  ]);
});

test("a run without samples is a fault", () => {
  expect(judgeMemoryRun({ ...REPORT, samples: [] })).toHaveLength(1);
});
