import { expect, test } from "vitest";
import { afterAttempt, type Breaker, breakerAt, newBreaker } from "./breaker.ts";

const POLICY = { openMs: 30_000, maxOpenMs: 600_000 };
const MINUTE = 60_000;

/**
 * Makes one attempt for each character of `results`: `f` is an attempt that fails, `s` is one that
 * succeeds. `everyMs` is the time between two attempts.
 */
function attempt(results: string, everyMs = 1_000, start: Breaker = newBreaker()): Breaker {
  let breaker = start;
  for (const [i, result] of Array.from(results).entries()) {
    breaker = afterAttempt(breaker, result === "f", i * everyMs, POLICY);
  }
  return breaker;
}

test.each<[name: string, results: string, everyMs: number, state: Breaker["state"]]>([
  ["nine failures in a row leave it closed", "f".repeat(9), 1_000, "closed"],
  ["ten in a row open it", "f".repeat(10), 1_000, "open"],
  ["ten in a row open it, however slowly they come", "f".repeat(10), 10 * MINUTE, "open"],
  [
    "a success between them keeps it closed",
    `${"f".repeat(5)}ssssssss${"f".repeat(9)}`,
    1,
    "closed",
  ],
  ["seven of ten open it", "sffsffsfff", 1_000, "open"],
  ["six of ten leave it closed", "sffsffsffs", 1_000, "closed"],
  ["seven of ten that took an hour leave it closed", "sffsffsfff", 6 * MINUTE, "closed"],
  ["30 % leave it closed however long it goes on", "fsssfsssfs".repeat(100), 10, "closed"],
  ["successes of long ago do not excuse", `${"s".repeat(30)}sfffsfffsfff`, 30_000, "open"],
])("%s", (_name, results, everyMs, state) => {
  expect(attempt(results, everyMs).state).toBe(state);
});

test("it stays open for its time, then probes", () => {
  const breaker = afterAttempt(attempt("f".repeat(9)), true, 100_000, POLICY);
  expect(breaker).toEqual({ state: "open", untilMs: 130_000, openMs: 30_000 });
  expect(breakerAt(breaker, 129_999)).toBe(breaker);
  expect(breakerAt(breaker, 130_000)).toEqual({ state: "probing", openMs: 30_000 });
});

test("a failed probe opens the breaker for twice as long, up to ten minutes", () => {
  let breaker: Breaker = { state: "probing", openMs: 30_000 };
  const lengths: number[] = [];
  for (let i = 0; i < 6; i++) {
    breaker = afterAttempt(breaker, true, 0, POLICY);
    if (breaker.state === "open") lengths.push(breaker.openMs);
    breaker = breakerAt(breaker, 600_000);
  }
  expect(lengths).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
});

test("a successful probe closes the breaker and resets it", () => {
  expect(afterAttempt({ state: "probing", openMs: 600_000 }, false, 0, POLICY)).toEqual(
    newBreaker(),
  );
});

test("an attempt that began before the breaker opened changes nothing", () => {
  const open: Breaker = { state: "open", untilMs: 1, openMs: 1 };
  expect(afterAttempt(open, true, 0, POLICY)).toBe(open);
  expect(afterAttempt(open, false, 0, POLICY)).toBe(open);
});

test("it remembers only the last five minutes", () => {
  const breaker = attempt("fs".repeat(5_000), 1_000);
  expect(breaker.state === "closed" && breaker.recent.length).toBeLessThanOrEqual(31);
});
