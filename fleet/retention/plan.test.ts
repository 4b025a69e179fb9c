import { expect, test } from "vitest";
import { AGED_TABLES } from "../../db/removal/aged-rows.ts";
import type { DayPartition } from "../../db/removal/partitions.ts";
import { countDaysAhead, planRetention, type RetentionDays } from "./plan.ts";

const DAYS: RetentionDays = {
  mailLogs: 10,
  transmitLogs: 3,
  tracerLogs: 4,
  auditLog: 5,
  seen: 20,
  archivedUsers: null,
};
const NOW = new Date("2026-11-23T12:00:00Z");

const partition = (table: DayPartition["table"], day: string): DayPartition => ({
  table,
  name: `${table}_${day.replaceAll("-", "")}`,
  end: new Date(Date.parse(day) + 86_400_000),
});

test.each([
  ["mail_logs", "2026-11-23", false],
  ["mail_logs", "2026-11-14", false],
  // The newest row of this day is nine and a half days old.
  ["mail_logs", "2026-11-13", false],
  ["mail_logs", "2026-11-12", true],
  ["mail_logs", "2025-01-01", true],
  ["mail_logs", "2026-12-01", false],
  ["transmit_logs", "2026-11-20", false],
  ["transmit_logs", "2026-11-19", true],
] as const)("of %s the day %s is dropped: %s", (table, day, isDropped) => {
  const one = partition(table, day);
  expect(planRetention([one], DAYS, NOW).partitions).toEqual(isDropped ? [one] : []);
});

test("a partition is dropped at the moment that its last row is old enough, and not before", () => {
  const one = partition("mail_logs", "2026-11-12");
  const at = (time: string) => planRetention([one], DAYS, new Date(time)).partitions.length;
  expect([at("2026-11-22T23:59:59.999Z"), at("2026-11-23T00:00:00Z")]).toEqual([0, 1]);
});

test("of many partitions the oldest are dropped first, a month of them in a round", () => {
  const days = Array.from({ length: 40 }, (_, i) => new Date(Date.UTC(2026, 0, 40 - i)));
  const many = days.map((day) => partition("mail_logs", day.toISOString().slice(0, 10)));
  const { partitions } = planRetention(many, DAYS, NOW);
  expect(partitions).toHaveLength(30);
  expect(partitions[0]?.name).toBe("mail_logs_20260101");
});

test("every table that ages has its days, and only once", () => {
  const tables = planRetention([], DAYS, NOW).rows.map(({ table }) => table);
  expect(tables.toSorted()).toEqual(Object.keys(AGED_TABLES).toSorted());
});

test.each([
  [20, 10, 20],
  [10, 20, 20],
])(
  "with a memory of %i days and a mail log of %i days, the memory is kept for %i days",
  (seen, mailLogs, kept) => {
    expect(planRetention([], { ...DAYS, seen, mailLogs }, NOW).seenDays).toBe(kept);
  },
);

test.each([[null], [90]])("archived users go after %s days", (archivedUsers) => {
  const plan = planRetention([], { ...DAYS, archivedUsers }, NOW);
  expect(plan.archivedUserDays).toBe(archivedUsers);
});

const days = (...names: string[]) =>
  names.flatMap((day) => [partition("mail_logs", day), partition("transmit_logs", day)]);

test.each([
  ["none", [], 0],
  ["today's only", days("2026-11-23"), 0],
  ["two more days", days("2026-11-23", "2026-11-24", "2026-11-25"), 2],
  ["a gap", days("2026-11-24", "2026-11-26", "2026-11-27"), 1],
  ["one log's only", [partition("mail_logs", "2026-11-24")], 0],
])("of partitions for %s the days ahead count without a gap", (_what, partitions, ahead) => {
  expect(countDaysAhead(partitions, NOW)).toBe(ahead);
});
