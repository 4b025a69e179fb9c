import { expect, test } from "vitest";
import { MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, nextWindow, toBatches } from "./batches.ts";

const messages = (count: number, sizeBytes: number) =>
  Array.from({ length: count }, () => ({ sizeBytes }));
const sizes = (batches: unknown[][]) => batches.map((batch) => batch.length);

test("toBatches() makes no batch of nothing", () => {
  expect(toBatches([])).toEqual([]);
});

test("toBatches() bounds the number of messages in a batch", () => {
  expect(sizes(toBatches(messages(2 * MAX_BATCH_MESSAGES + 1, 10)))).toEqual([
    MAX_BATCH_MESSAGES,
    MAX_BATCH_MESSAGES,
    1,
  ]);
});

test("toBatches() bounds the bytes of a batch and keeps the order", () => {
  const mails = [1, 2, 3, 4].map((uid) => ({ uid, sizeBytes: MAX_BATCH_BYTES / 2 }));
  expect(toBatches(mails).map((batch) => batch.map(({ uid }) => uid))).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("toBatches() gives a message larger than the bound a batch of its own", () => {
  expect(
    sizes(toBatches([...messages(1, 10), ...messages(1, MAX_BATCH_BYTES + 1), ...messages(1, 10)])),
  ).toEqual([1, 1, 1]);
});

test("nextWindow() crosses a gap of a million UIDs in twenty-one steps, none of them wide", () => {
  let window = nextWindow(41, null, 0);
  let steps = 1;
  for (; window.last < 1_000_000; steps++) {
    window = nextWindow(window.last, window, 0);
    expect(window.last - window.first).toBeLessThan(65_536);
  }
  expect(steps).toBe(21);
});

test("nextWindow() is narrow again once something was found, and never passes the last UID there can be", () => {
  expect(nextWindow(100, { first: 1, last: 100_000 }, 7)).toEqual({ first: 101, last: 1_100 });
  expect(nextWindow(4_294_967_290, null, 0)).toEqual({ first: 4_294_967_291, last: 4_294_967_295 });
});
