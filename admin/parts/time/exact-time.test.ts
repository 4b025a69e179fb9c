import { expect, test } from "vitest";
import { formatBothTimes, formatExactTime } from "./exact-time.ts";

const AT = "2026-11-22T20:05:09.123Z";

test("a time is shown with its zone", () => {
  expect(formatExactTime(AT, "utc")).toMatch(/22.*(20|08):05:09.*UTC/);
  expect(formatBothTimes(AT)).toBe(`${formatExactTime(AT, "local")} (${AT})`);
});
