import { expect, test } from "vitest";
import { countLooks, findCaughtUpMs, pauseMs, waitMs } from "./look-again.ts";

test.each([
  ["mail was announced and is not there", 0, true, false, 1],
  ["mail was announced again and is not there", 3, true, false, 1],
  ["nothing was announced and nothing is there", 0, false, false, 0],
  ["it is still not there", 1, false, false, 2],
  ["it is not there at the last look", 3, false, false, 0],
  ["it is there", 2, false, true, 0],
])("countLooks() when %s", (_name, looks, isExpected, hasMoved, expected) => {
  expect(countLooks(looks, { isExpected, hasMoved })).toBe(expected);
});

const asked = { askedMs: 2_000, lookedBackMs: 1_000 };

test.each([
  ["the last read", { looks: 0, isAhead: false }, asked, 2_000],
  ["the last look back when the cursor is ahead", { looks: 0, isAhead: true }, asked, 1_000],
  [
    "no time when the cursor is ahead and nothing looked back",
    { looks: 0, isAhead: true },
    { ...asked, lookedBackMs: -Infinity },
    null,
  ],
  ["no time when announced mail is missing", { looks: 1, isAhead: false }, asked, null],
])("findCaughtUpMs() returns %s", (_name, position, times, expected) => {
  expect(findCaughtUpMs(position, times)).toBe(expected);
});

const idle = { looks: 0, renewalMs: 540_000, nextParkedMs: null, nowMs: 1_000 };

test.each([
  ["for as long as IDLE lasts", idle, 540_000],
  ["0.2 s after the first look in vain", { ...idle, looks: 1 }, 200],
  ["5 s after the third", { ...idle, looks: 3 }, 5_000],
  ["until a parked mail is due", { ...idle, nextParkedMs: 61_000 }, 60_000],
  ["not at all when one is overdue", { ...idle, nextParkedMs: 0 }, 0],
])("waitMs() waits %s", (_name, wait, expected) => {
  expect(waitMs(wait)).toBe(expected);
});

test("pauseMs() grows with the announcements that brought nothing, after the first", () => {
  expect([0, 1, 2, 3, 4, 5, 1_000].map(pauseMs)).toEqual([0, 0, 200, 1_000, 5_000, 5_000, 5_000]);
});
