import { expect, test } from "vitest";
import { lastHour } from "./minutes.ts";

const NOW_MS = Date.parse("2026-11-22T20:30:45.678Z");
const RUNNING_MS = Date.parse("2026-11-22T20:30:00Z");

const counted = (minutesAgo: number, mails: number) => ({
  minute: new Date(RUNNING_MS - minutesAgo * 60_000),
  ...{ mails, attempts: 2 * mails, failed: 1, wayP50Ms: 300, wayP99Ms: 900 },
});

test("the last hour has sixty minutes, of which the last one runs", () => {
  const hour = lastHour([], NOW_MS);
  expect(hour).toHaveLength(60);
  expect(hour[0]).toEqual({
    at: "2026-11-22T19:31:00.000Z",
    ...{ mails: 0, attempts: 0, failed: 0, latency_p50_ms: null, latency_p99_ms: null },
  });
  expect(hour.at(-1)?.at).toBe("2026-11-22T20:30:00.000Z");
});

test("counts are placed at their minute, and older ones are left out", () => {
  const hour = lastHour([counted(60, 9), counted(59, 1), counted(0, 3)], NOW_MS);
  expect(hour[0]).toMatchObject({ mails: 1, attempts: 2, failed: 1, latency_p50_ms: 300 });
  expect(hour.at(-1)).toMatchObject({ mails: 3, attempts: 6, latency_p99_ms: 900 });
  expect(hour.reduce((sum, { mails }) => sum + mails, 0)).toBe(4);
});
