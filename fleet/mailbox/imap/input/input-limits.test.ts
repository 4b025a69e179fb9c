import { describe, expect, test } from "vitest";
import { countNamed, InputCount, inputLimits, UNASKED } from "./input-limits.ts";

const limits = inputLimits(1_024 * 1_024);

describe("InputCount", () => {
  test("a command's answers are counted from its beginning", () => {
    const count = new InputCount(0);
    count.begin(limits.login, 0);
    count.add({ responses: limits.login.responses });
    expect(count.isOver).toBe(false);
    count.begin(limits.login, 0);
    count.add({ responses: 1 });
    expect(count.isOver).toBe(false);
    count.add({ bytes: limits.login.bytes + 1 });
    expect(count.isOver).toBe(true);
  });

  test("unasked data is counted across IDLE commands", () => {
    const count = new InputCount(0);
    count.add({ responses: UNASKED.burst.responses });
    count.begin(limits.search, 0);
    count.begin(null, 0);
    expect(count.isOver).toBe(false);
    count.add({ responses: 1 });
    expect(count.isOver).toBe(true);
  });

  test("the count of unasked data shrinks with time", () => {
    const count = new InputCount(0);
    count.add({ bytes: UNASKED.burst.bytes, responses: UNASKED.burst.responses });
    count.begin(null, 60_000);
    count.add({ responses: 60 * UNASKED.perSecond.responses });
    expect(count.isOver).toBe(false);
    count.add({ responses: 1 });
    expect(count.isOver).toBe(true);
  });

  test("a few answers are light, many are heavy", () => {
    const count = new InputCount(0);
    count.begin(limits.bodies, 0);
    count.add({ responses: 50, bytes: 10_000 });
    expect(count.isHeavy(0)).toBe(false);
    count.add({ bytes: 100_000 });
    expect(count.isHeavy(0)).toBe(true);
    count.begin(null, 0);
    expect(count.isHeavy(0)).toBe(false);
  });

  test("small answers that take long to handle are heavy for a while", () => {
    const count = new InputCount(0);
    count.addCost(101, 0);
    expect(count.isHeavy(0)).toBe(true);
    expect(count.isHeavy(1_000)).toBe(false);
  });
});

test.each([
  ["* ESEARCH (TAG A1) UID ALL 1:10,20,30:32", 21],
  ["* ESEARCH UID ALL 10:1", 14],
  ["* ESEARCH UID ALL 1:4294967295", 4_294_967_299],
  ["* ESEARCH UID COUNT 7", 4],
])("%s names %i numbers at most", (text, count) => {
  expect(countNamed(text)).toBe(count);
});
