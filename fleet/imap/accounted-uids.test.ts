import { expect, test } from "vitest";
import { AccountedUids } from "./accounted-uids.ts";

test("the last 200 UIDs are remembered, and no others", () => {
  const accounted = new AccountedUids();
  accounted.add(5);
  accounted.advance(5, 100);
  accounted.add(100);
  expect([5, 6, 99, 100].map((uid) => accounted.has(uid))).toEqual([true, false, false, true]);
  accounted.advance(100, 205);
  expect(accounted.has(205)).toBe(false);
  expect(accounted.has(100)).toBe(true);
  accounted.advance(205, 10_000);
  expect(accounted.has(9_900)).toBe(false);
});

test("of ranges only the UIDs between the bounds must be accounted for", () => {
  const accounted = new AccountedUids();
  for (const uid of [3, 4, 8]) accounted.add(uid);
  const hasAll = (...ranges: [first: number, last: number][]) =>
    accounted.hasAll(
      ranges.map(([first, last]) => ({ first, last })),
      3,
      8,
    );
  expect(hasAll([1, 4], [8, 4_294_967_295])).toBe(true);
  expect(hasAll([3, 5])).toBe(false);
  expect(hasAll()).toBe(true);
});
