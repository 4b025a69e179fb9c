import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { type GroupRules, Groups } from "./groups.ts";

const never = new AbortController().signal;
/** Waits until the callbacks of all settled promises have run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

interface Item {
  key: string;
  name: string;
  weight?: number;
}

/**
 * Creates groups. The handling of a group ends when the test calls `end()` or `fail()` of its entry
 * in `handled`.
 */
function makeGroups(rules: Partial<GroupRules<Item, string>> = {}) {
  const handled: { names: string[]; isAlone: boolean; end: () => void; fail: () => void }[] = [];
  const groups = new Groups<Item, string>(systemClock, {
    handle(items, isAlone) {
      const { promise, resolve, reject } = Promise.withResolvers<Map<Item, string>>();
      handled.push({
        names: items.map(({ name }) => name),
        isAlone,
        end: () => resolve(new Map(items.map((item) => [item, `${item.name} done`]))),
        fail: () => reject(new Error(`failed: ${items.map(({ name }) => name).join(" ")}`)),
      });
      return promise;
    },
    toKey: ({ key }) => key,
    weigh: ({ weight = 1 }) => weight,
    maxItems: 3,
    maxWeight: 10,
    maxGroups: 1,
    slowMs: 3_600_000,
    mayBeOfOne: (_error, items) => items.length > 1,
    ...rules,
  });
  const add = (name: string, options: Partial<Item> = {}, signal = never) =>
    groups.add({ name, key: name, ...options }, signal);
  return { add, handled, names: () => handled.map(({ names }) => names.join(" ")) };
}

test("an item alone is handled immediately; items that arrive meanwhile are the next groups", async () => {
  const { add, handled, names } = makeGroups();
  const results = ["a", "b", "c", "d", "e"].map((name) => add(name));
  expect(names()).toEqual(["a"]);
  handled[0]?.end();
  await expect(results[0]).resolves.toBe("a done");
  await settled();
  expect(names()).toEqual(["a", "b c d"]);
  handled[1]?.end();
  await settled();
  handled[2]?.end();
  expect(await Promise.all(results)).toEqual(["a", "b", "c", "d", "e"].map((n) => `${n} done`));
  expect(names()).toEqual(["a", "b c d", "e"]);
});

test("a group is not heavier than the limit, but for an item that is", async () => {
  const { add, handled, names } = makeGroups();
  const results = [add("first"), add("a", { weight: 99 }), add("b", { weight: 6 })];
  results.push(add("c", { weight: 4 }), add("d", { weight: 1 }));
  for (let i = 0; i < 4; i++) {
    handled[i]?.end();
    await settled();
  }
  await Promise.all(results);
  expect(names()).toEqual(["first", "a", "b c", "d"]);
});

test("items with one key are handled one after the other, in order, and hold up no others", async () => {
  const { add, handled, names } = makeGroups({ maxGroups: 2 });
  const results = [add("a1", { key: "a" }), add("a2", { key: "a" }), add("b")];
  results.push(add("a3", { key: "a" }), add("c"));
  expect(names()).toEqual(["a1", "b"]);
  handled[1]?.end();
  await settled();
  expect(names()).toEqual(["a1", "b", "c"]);
  handled[0]?.end();
  await settled();
  expect(names()).toEqual(["a1", "b", "c", "a2"]);
  for (let i = 2; i < 5; i++) {
    handled[i]?.end();
    await settled();
  }
  await Promise.all(results);
  expect(names()).toEqual(["a1", "b", "c", "a2", "a3"]);
});

test("the items of a group that failed are handled alone, and only the culprit fails", async () => {
  const { add, handled, names } = makeGroups();
  const results = ["first", "a", "b", "c"].map((name) => add(name));
  const outcomes = Promise.allSettled(results);
  handled[0]?.end();
  await settled();
  handled[1]?.fail();
  await settled();
  expect(names().slice(2)).toEqual(["a", "b", "c"]);
  expect(handled.map(({ isAlone }) => isAlone)).toEqual([false, false, true, true, true]);
  // Items that are handled alone do not delay other groups. They delay only items with the same
  // key.
  const others = [add("d"), add("b2", { key: "b" })];
  await settled();
  expect(names().slice(5)).toEqual(["d"]);
  handled[2]?.end();
  handled[3]?.fail();
  handled[4]?.end();
  handled[5]?.end();
  await settled();
  handled[6]?.end();
  expect((await outcomes).map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  await expect(results[2]).rejects.toThrow("failed: b");
  expect(await Promise.all(others)).toEqual(["d done", "b2 done"]);
});

test("a failure that concerns no single item is that of all", async () => {
  const { add, handled, names } = makeGroups({ mayBeOfOne: () => false });
  const results = ["first", "a", "b"].map((name) => add(name));
  const outcomes = Promise.allSettled(results);
  handled[0]?.end();
  await settled();
  handled[1]?.fail();
  const reasons = (await outcomes).map((it) => (it.status === "rejected" ? `${it.reason}` : null));
  expect(reasons).toEqual([null, "Error: failed: a b", "Error: failed: a b"]);
  expect(names()).toEqual(["first", "a b"]);
});

test("an item whose caller gives up is dropped while it waits, and not after that", async () => {
  const { add, handled, names } = makeGroups();
  const stop = new AbortController();
  const results = [add("a", {}, stop.signal), add("b", {}, stop.signal), add("c")];
  const outcomes = Promise.allSettled(results);
  stop.abort(new Error("stopped"));
  handled[0]?.end();
  await settled();
  handled[1]?.end();
  const states = (await outcomes).map(({ status }) => status);
  expect(states).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(names()).toEqual(["a", "c"]);
  expect(() => add("d", {}, stop.signal)).toThrow("stopped");
});

test("a group that hangs does not hold up the next", async () => {
  const slept = Promise.withResolvers<void>();
  const groups = new Groups<Item, string>(
    { sleep: () => slept.promise },
    {
      handle: (items) => {
        const name = items.map((item) => item.name).join(" ");
        return name === "hanging"
          ? new Promise(() => {})
          : Promise.resolve(new Map(items.map((item) => [item, "done"])));
      },
      toKey: ({ key }) => key,
      weigh: () => 1,
      ...{ maxItems: 3, maxWeight: 10, maxGroups: 1, slowMs: 1_000, mayBeOfOne: () => false },
    },
  );
  void groups.add({ key: "a", name: "hanging" }, never);
  const other = groups.add({ key: "b", name: "other" }, never);
  slept.resolve();
  await expect(other).resolves.toBe("done");
});
