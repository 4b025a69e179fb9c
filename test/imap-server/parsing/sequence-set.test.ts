import { expect, test } from "vitest";
import { holdsNumber, isWithin, parseSequenceSet, type SequenceSet } from "./sequence-set.ts";

const set = (text: string): SequenceSet => parseSequenceSet(text) ?? [];

test.each([
  ["7", [7]],
  ["2:4", [2, 3, 4]],
  ["4:2", [2, 3, 4]],
  ["1,3,8:9", [1, 3, 8, 9]],
  ["9:*", [9, 10]],
  ["*", [10]],
  ["900:*", [10]],
])("%s holds, of ten numbers, %j", (text, expected) => {
  const numbers = Array.from({ length: 10 }, (_, index) => index + 1);
  expect(numbers.filter((number) => holdsNumber(set(text), number, 10))).toEqual(expected);
});

test.each(["", "0", "1:", ",1", "1,,2", "a", "1:2:3", "12345678901"])(
  "%j is no sequence set",
  (text) => {
    expect(parseSequenceSet(text)).toBeUndefined();
  },
);

test("isWithin() refuses numbers above the largest, and all numbers of an empty mailbox", () => {
  expect(isWithin(set("1:*"), 3)).toBe(true);
  expect(isWithin(set("1:4"), 3)).toBe(false);
  expect(isWithin(set("*"), 0)).toBe(false);
});
