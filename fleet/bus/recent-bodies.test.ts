import { expect, test } from "vitest";
import { createRecentBodies } from "./recent-bodies.ts";

const NAME = { seq: 7, id: "evt_1", key: "hash" };
const MIB = 1_024 * 1_024;

function newBodies() {
  let nowMs = 0;
  const bodies = createRecentBodies({ monotonic: () => nowMs });
  return { ...bodies, pass: (ms: number) => (nowMs += ms) };
}

test("a body is taken once", () => {
  const { put, take } = newBodies();
  const content = new Uint8Array([1]);
  put(NAME, content);
  expect(take(NAME)).toBe(content);
  expect(take(NAME)).toBeUndefined();
});

test.each([{ seq: 8 }, { id: "evt_2" }, { key: "other" }])("a body is not taken as %o", (other) => {
  const { put, take } = newBodies();
  put(NAME, new Uint8Array([1]));
  expect(take({ ...NAME, ...other })).toBeUndefined();
});

test("a body is forgotten after five seconds", () => {
  const { put, take, pass } = newBodies();
  put(NAME, new Uint8Array([1]));
  pass(5_000);
  expect(take(NAME)).toBeUndefined();
});

test("while 8 MiB are kept, no body is added; old and taken ones make space", () => {
  const { put, take, pass } = newBodies();
  const name = (seq: number) => ({ ...NAME, seq });
  for (let seq = 0; seq < 8; seq++) put(name(seq), new Uint8Array(MIB));
  put(name(8), new Uint8Array(1));
  expect(take(name(8))).toBeUndefined();
  expect(take(name(0))).toBeDefined();
  put(name(8), new Uint8Array(MIB));
  expect(take(name(8))).toBeDefined();
  pass(5_000);
  for (let seq = 10; seq < 18; seq++) put(name(seq), new Uint8Array(MIB));
  expect(take(name(17))).toBeDefined();
});

test("a part of a buffer counts as the whole buffer", () => {
  const { put, take } = newBodies();
  put(NAME, new Uint8Array(9 * MIB).subarray(0, 1));
  expect(take(NAME)).toBeUndefined();
});
