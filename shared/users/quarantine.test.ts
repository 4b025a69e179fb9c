import { expect, test } from "vitest";
import { harmPauseMs, isQuarantined } from "./quarantine.ts";

test("the pause grows with each harm, up to a day", () => {
  const minutes = [1, 2, 3, 4, 5, 50].map((harms) => harmPauseMs(harms) / 60_000);
  expect(minutes).toEqual([5, 60, 240, 1_440, 1_440, 1_440]);
});

test("a user is quarantined from the second harm on", () => {
  expect([1, 2, 3].map(isQuarantined)).toEqual([false, true, true]);
});
