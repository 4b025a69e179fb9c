import { expect, test } from "vitest";
import { isoDateOf } from "./mail-date.ts";

const DATES: [text: string, iso: string | null][] = [
  ["Sun, 22 Nov 2026 10:00:05 +0100", "2026-11-22T09:00:05.000Z"],
  ["22 Nov 2026 10:00 -0000", "2026-11-22T10:00:00.000Z"],
  [" Sun,22 NOV 2026 10:00:05 +0000 (Greenwich)", "2026-11-22T10:00:05.000Z"],
  ["Sun, 1 Nov 26 10:00 EST", "2026-11-01T15:00:00.000Z"],
  ["Mon, 1 Jan 70 00:00:00 GMT", "1970-01-01T00:00:00.000Z"],
  ["Sat, 1 Jan 100 00:00:00 Z", "2000-01-01T00:00:00.000Z"],
  ["Sunday, 22-Nov-26 10:00:05 GMT", "2026-11-22T10:00:05.000Z"],
  ["22 November 2026 10:00 XYZ", "2026-11-22T10:00:00.000Z"],
  ["22 Nov 2026 10:00", "2026-11-22T10:00:00.000Z"],
  ["", null],
  ["sometime", null],
  ["2026-11-22T10:00:00Z", null],
  ["22 Nov 2026", null],
  ["32 Nov 2026 10:00 +0000", null],
  ["22 Foo 2026 10:00 +0000", null],
  ["22 Nov 2026 25:00 +0000", null],
  ["Nov 22 10:00:00 2026", null],
];

test.each(DATES)("isoDateOf() of %j is %j", (text, iso) => {
  expect(isoDateOf(text)).toBe(iso);
});
