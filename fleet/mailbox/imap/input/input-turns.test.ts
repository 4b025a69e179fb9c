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

/** Adds a piece that takes `ms`. */
const take = (name: string, { ms = 0, isHeavy = false } = {}) =>
  turns.take((done) => {
    ran.push(name);
    nowMs += ms;
    queueMicrotask(done);
  }, isHeavy);

const untilRan = async (count: number) => {
  while (ran.length < count) await nextTurn();
};

test("a light piece runs at once while the turn has time left", () => {
  take("a", { ms: 5 });
  take("b", { ms: 5 });
  expect(ran).toEqual(["a", "b"]);
});

test("pieces that do not fit into the turn run in the next one, in order", async () => {
  take("a", { ms: 10 });
  take("b");
  take("c");
  expect(ran).toEqual(["a"]);
  await nextTurn();
  expect(ran).toEqual(["a", "b", "c"]);
});

test("heavy pieces wait for a later turn, and run one in a turn", async () => {
  take("heavy 1", { isHeavy: true });
  take("heavy 2", { isHeavy: true });
  take("light");
  expect(ran).toEqual(["light"]);
  await untilRan(2);
  expect(ran).toEqual(["light", "heavy 1"]);
  await untilRan(3);
  expect(ran).toEqual(["light", "heavy 1", "heavy 2"]);
});

test("a heavy piece is followed by a rest, in which light ones run", async () => {
  take("heavy 1", { ms: 10, isHeavy: true });
  take("heavy 2", { isHeavy: true });
  const startedMs = performance.now();
  await untilRan(1);
  take("light 1");
  expect(ran).toEqual(["heavy 1", "light 1"]);
  await untilRan(3);
  expect(performance.now() - startedMs).toBeGreaterThan(29);
});

test("a piece that is never done delays no other", async () => {
  take("heavy", { ms: 10, isHeavy: true });
  turns.take(() => ran.push("stuck"), true);
  take("last", { isHeavy: true });
  await untilRan(3);
  expect(ran).toEqual(["heavy", "stuck", "last"]);
});

const MIB = 1_024 * 1_024;

test("while much waits for its turn, heavy connections read no further, one after another later", () => {
  const read: string[] = [];
  const readOn = (name: string) => () => void read.push(name);
  for (let n = 0; n < 4; n++) turns.addWaiting(MIB);
  turns.finish(MIB, readOn("heavy 1"), true);
  turns.finish(MIB, readOn("heavy 2"), true);
  expect(read).toEqual([]);
  turns.finish(0, readOn("light"), false);
  expect(read).toEqual(["light"]);
  turns.finish(MIB, readOn("heavy 3"), true);
  expect(read).toEqual(["light", "heavy 3", "heavy 1"]);
  turns.finish(MIB, readOn("heavy 4"), true);
  expect(read).toEqual(["light", "heavy 3", "heavy 1", "heavy 4", "heavy 2"]);
});
