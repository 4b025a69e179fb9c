import { expect, test } from "vitest";
import { newTally } from "./tally.ts";

test("a tally estimates the measured number plus later additions", () => {
  const tally = newTally();
  expect(tally.estimate("a")).toBe(0);
  tally.add("a", 5);
  const measure = tally.begin();
  tally.add("a", 2);
  expect(tally.estimate("a")).toBe(7);
  measure(new Map([["a", 4]]));
  expect(tally.measured("a")).toBe(4);
  expect(tally.estimate("a")).toBe(6);
  tally.add("a", 1);
  expect(tally.estimate("a")).toBe(7);
  expect(tally.measured("a")).toBe(4);
});

test("a failed measurement changes nothing", () => {
  const tally = newTally();
  tally.begin()(new Map([["a", 4]]));
  tally.add("a", 1);
  tally.begin();
  tally.add("a", 1);
  expect(tally.estimate("a")).toBe(6);
});

test("a partner that the measurement does not find has zero", () => {
  const tally = newTally();
  tally.begin()(new Map([["a", 4]]));
  tally.begin()(new Map([["b", 1]]));
  expect(tally.estimate("a")).toBe(0);
  expect([...tally.partnerIds()]).toEqual(["b"]);
});
