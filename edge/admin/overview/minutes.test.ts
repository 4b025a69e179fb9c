import { expect, test } from "vitest";
import { lastHour } from "./minutes.ts";

const NOW_MS = Date.parse("2026-11-22T20:30:45.678Z");
const minute = Math.floor(NOW_MS / 60_000);

test("the last hour has sixty minutes, of which the last one runs", () => {
  const hour = lastHour([], NOW_MS);
  expect(hour).toHaveLength(60);
  expect(hour[0]).toEqual({ at: "2026-11-22T19:31:00.000Z", mails: 0, attempts: 0, failed: 0 });
  expect(hour.at(-1)?.at).toBe("2026-11-22T20:30:00.000Z");
});

test("what was counted stands at its minute, and what is older is left out", () => {
  const hour = lastHour(
    [
      { minute: minute - 60, mails: 9, attempts: 9, failed: 9 },
      { minute: minute - 59, mails: 1, attempts: 2, failed: 1 },
      { minute, mails: 3, attempts: 0, failed: 0 },
    ],
    NOW_MS,
  );
  expect(hour[0]).toMatchObject({ mails: 1, attempts: 2, failed: 1 });
  expect(hour.at(-1)).toMatchObject({ mails: 3, attempts: 0 });
  expect(hour.reduce((sum, { mails }) => sum + mails, 0)).toBe(4);
});
