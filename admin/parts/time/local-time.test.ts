import { expect, test } from "vitest";
import { toIsoTime, toLocalTime } from "./local-time.ts";

test("a time is converted back unchanged, to the minute", () => {
  expect(toIsoTime(toLocalTime("2026-07-22T10:05:59.123Z"))).toBe("2026-07-22T10:05:00.000Z");
});

test("an input holds the time of the viewer's zone", () => {
  expect(toLocalTime(new Date(2026, 10, 3, 4, 5).toISOString())).toBe("2026-11-03T04:05");
});

test.each(["", "today"])("%j is no time", (text) => {
  expect(toLocalTime(text)).toBe("");
  expect(toIsoTime(text)).toBe("");
});

test("an input may hold the time in UTC", () => {
  expect(toLocalTime("2026-07-22T10:05:59.123Z", "utc")).toBe("2026-07-22T10:05");
  expect(toIsoTime("2026-07-22T10:05", "utc")).toBe("2026-07-22T10:05:00.000Z");
  expect(toIsoTime("", "utc")).toBe("");
});
