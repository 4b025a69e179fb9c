import { expect, test } from "vitest";
import { allowedMs } from "./least-rate.ts";

test.each([
  { what: "nothing", bytes: 0, allowed: 60_000 },
  { what: "a byte each second for a minute", bytes: 60, allowed: 60_007 },
  { what: "a mail of 1 MiB", bytes: 1_024 * 1_024, allowed: 188_000 },
])("after $what a command may take $allowed ms", ({ bytes, allowed }) => {
  expect(Math.round(allowedMs(60_000, bytes))).toBe(allowed);
});

test("a line of 20 KB a second is never too slow", () => {
  for (let second = 1; second < 3_600; second++) {
    expect(allowedMs(60_000, second * 20_000)).toBeGreaterThan(second * 1_000);
  }
});
