import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { InputTurns } from "./input-turns.ts";

let nowMs = 0;
let ran: string[] = [];
let turns: InputTurns;
beforeEach(() => {
  nowMs = 0;
  ran = [];
  turns = new InputTurns({ monotonic: () => nowMs });
});

/** A piece that takes some time. */
const take = (name: string, { ms = 0, isHeavy = false } = {}) =>
  turns.take((done) => {
    ran.push(name);
    nowMs += ms;
    queueMicrotask(done);
  }, isHeavy);

test("a light piece runs at once while the turn has time left", () => {
  take("a", { ms: 5 });
  take("b", { ms: 5 });
  expect(ran).toEqual(["a", "b"]);
});

test("what the turn has no time for runs in the next one, in its order", async () => {
  take("a", { ms: 10 });
  take("b");
  take("c");
  expect(ran).toEqual(["a"]);
  await nextTurn();
  expect(ran).toEqual(["a", "b", "c"]);
});

test("light pieces go before heavy ones, and one heavy piece runs in each turn all the same", async () => {
  take("heavy 1", { ms: 10, isHeavy: true });
  take("heavy 2", { ms: 10, isHeavy: true });
  take("light 1", { ms: 10 });
  take("light 2", { ms: 10 });
  expect(ran).toEqual(["light 1"]);
  await nextTurn();
  expect(ran).toEqual(["light 1", "light 2", "heavy 1"]);
  await nextTurn();
  expect(ran).toEqual(["light 1", "light 2", "heavy 1", "heavy 2"]);
});

test("heavy pieces follow each other where nobody else wants the time", async () => {
  for (const name of ["a", "b", "c"]) take(name, { ms: 2, isHeavy: true });
  await nextTurn();
  expect(ran).toEqual(["a", "b", "c"]);
});

test("a piece that is never done holds up no other", async () => {
  take("heavy", { ms: 10, isHeavy: true });
  turns.take(() => ran.push("stuck"), true);
  take("last", { isHeavy: true });
  for (let turn = 0; turn < 3; turn++) await nextTurn();
  expect(ran).toEqual(["heavy", "stuck", "last"]);
});
