import { expect, test } from "vitest";
import { createAnonymousLimit, type LimitRules } from "./anonymous-limit.ts";

const RULES: LimitRules = {
  each: { requests: 2, periodS: 60 },
  all: { requests: 5, periodS: 10 },
  beyond: "refuse",
};
const TAKEN = { kind: "taken" };

test("a sender may send up to its limit, and is then told when to retry", () => {
  const limit = createAnonymousLimit(RULES);
  expect([limit.take("a", 1_000), limit.take("a", 2_000)]).toEqual([TAKEN, TAKEN]);
  expect(limit.take("a", 3_500)).toEqual({ kind: "refused", retryAfterS: 58 });
  expect(limit.take("b", 3_500)).toEqual(TAKEN);
  expect(limit.take("a", 61_000)).toEqual(TAKEN);
});

test("a request that was given back does not count", () => {
  const limit = createAnonymousLimit(RULES);
  for (let n = 0; n < 20; n++) {
    expect(limit.take("a", 0)).toEqual(TAKEN);
    limit.giveBack("a");
  }
});

test("there is a total limit, whatever the addresses", () => {
  const limit = createAnonymousLimit(RULES);
  for (const sender of ["a", "b", "c", "d", "e"]) expect(limit.take(sender, 0)).toEqual(TAKEN);
  expect(limit.take("f", 1_000)).toEqual({ kind: "refused", retryAfterS: 9 });
  expect(limit.take("f", 10_000)).toEqual(TAKEN);
});

test("above the total limit a new sender gets through, if the rules allow it", () => {
  const limit = createAnonymousLimit({ ...RULES, beyond: "spare-new" });
  for (const sender of ["a", "b", "c", "d", "e"]) expect(limit.take(sender, 0)).toEqual(TAKEN);
  expect(limit.take("a", 0).kind).toBe("refused");
  expect(limit.take("f", 0)).toEqual(TAKEN);
  expect(limit.take("f", 0).kind).toBe("refused");
});

test("a clock that was set back does not make a window longer", () => {
  const limit = createAnonymousLimit(RULES);
  limit.take("a", 1_000_000);
  limit.take("a", 1_000_000);
  expect(limit.take("a", 0)).toEqual(TAKEN);
});

test("memory is bounded: of too many senders a new one is refused", () => {
  const limit = createAnonymousLimit({
    ...RULES,
    all: { requests: 1, periodS: 10 },
    beyond: "spare-new",
  });
  for (let n = 0; n < 20_000; n++) limit.take(`sender ${n}`, 0);
  expect(limit.take("one more", 0).kind).toBe("refused");
});
