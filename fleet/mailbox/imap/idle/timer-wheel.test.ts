import { afterEach, beforeEach, expect, test } from "vitest";
import { TimerWheel } from "./timer-wheel.ts";

interface Item {
  name: string;
  dueTick: number;
}

let nowMs = 0;
let due: string[] = [];
let wheel: TimerWheel<Item>;
beforeEach(() => {
  [nowMs, due] = [1_000_050, []];
  wheel = new TimerWheel({ monotonic: () => nowMs }, ({ name }) => due.push(name));
});
afterEach(() => wheel[Symbol.dispose]());

const item = (name: string): Item => ({ name, dueTick: 0 });

/** Advances the clock, turns the wheel once, and returns the items that were due. */
function pass(ms: number): string[] {
  nowMs += ms;
  due = [];
  wheel.turn();
  return due;
}

test("a deadline is reported once, at most a tenth of a second late", () => {
  wheel.set(item("a"), 250);
  expect(pass(249)).toEqual([]);
  expect(pass(101)).toEqual(["a"]);
  expect(pass(10_000)).toEqual([]);
});

test("a new deadline takes the place of the old one", () => {
  const a = item("a");
  wheel.set(a, 100);
  wheel.set(a, 500);
  expect(pass(400)).toEqual([]);
  expect(pass(250)).toEqual(["a"]);
});

test("a deadline that is deleted is not reported", () => {
  const a = item("a");
  wheel.set(a, 100);
  wheel.delete(a);
  expect(pass(1_000)).toEqual([]);
});

test("after a long pause all deadlines are reported, in their order", () => {
  wheel.set(item("later"), 5_000);
  wheel.set(item("soon"), 0);
  wheel.set(item("much later"), 3_600_000);
  expect(pass(10_000)).toEqual(["soon", "later"]);
});

test("a deadline that is set when another is reported is not lost", () => {
  wheel[Symbol.dispose]();
  wheel = new TimerWheel({ monotonic: () => nowMs }, (one) => {
    due.push(one.name);
    wheel.set(one, 0);
  });
  wheel.set(item("again"), 0);
  for (let n = 0; n < 5; n++) expect(pass(200)).toContain("again");
});
