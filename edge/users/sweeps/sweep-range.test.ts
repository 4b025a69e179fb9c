import { expect, test } from "vitest";
import { sweepRange } from "./sweep-range.ts";

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const now = day("2026-11-22");

test.each([
  { name: "the last 30 days", asked: {}, since: "2026-10-23", until: "2026-11-22" },
  {
    name: "from a day to now",
    asked: { since: day("2026-11-01") },
    since: "2026-11-01",
    until: "2026-11-22",
  },
  {
    name: "30 days before an end",
    asked: { until: day("2026-03-31") },
    since: "2026-03-01",
    until: "2026-03-31",
  },
  {
    name: "no future",
    asked: { until: day("2027-01-01") },
    since: "2026-10-23",
    until: "2026-11-22",
  },
])("a sweep covers $name", ({ asked, since, until }) => {
  expect(sweepRange(asked, now)).toEqual({ kind: "range", since: day(since), until: day(until) });
});

test.each([
  {
    name: "begins in the future",
    asked: { since: day("2026-11-23") },
    detail: "must be in the past",
  },
  {
    name: "ends before it begins",
    asked: { since: day("2026-11-02"), until: day("2026-11-01") },
    detail: "must be before until",
  },
  {
    name: "covers more than a year",
    asked: { since: day("2025-11-01") },
    detail: "must be at most 366 days before until",
  },
])("a sweep that $name is refused", ({ asked, detail }) => {
  expect(sweepRange(asked, now)).toEqual({
    kind: "refused",
    faults: [{ pointer: "/since", detail }],
  });
});
