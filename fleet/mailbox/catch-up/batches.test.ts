import { expect, test } from "vitest";
import { MAX_BATCH_BYTES } from "../imap/input/input-limits.ts";
import { MAX_BATCH_MESSAGES, nextWindow, toBatches } from "./batches.ts";

const messages = (count: number, sizeBytes: number) =>
  Array.from({ length: count }, () => ({ sizeBytes }));
const sizes = (batches: unknown[][]) => batches.map((batch) => batch.length);

test("toBatches() returns no batch without messages", () => {
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

/**
 * Returns how many windows (ranges of UIDs) lead from one UID to another if all windows are empty,
 * and the width of the widest.
 */
function countWindows(from: number, to: number, messages: number | null) {
  let window = nextWindow(from, null, 0, messages);
  let [steps, widest] = [1, 0];
  for (; window.last < to; steps++) {
    window = nextWindow(window.last, window, 0, messages);
    widest = Math.max(widest, window.last - window.first + 1);
  }
  return { steps, widest };
}

test.each([null, 65_537])(
  "nextWindow() crosses a gap of a million UIDs in twenty-one steps among %s messages, none of them wide",
  (messages) => {
    expect(countWindows(41, 1_000_000, messages)).toEqual({ steps: 21, widest: 65_536 });
  },
);

test("nextWindow() crosses any gap in twenty-three steps where the mailbox holds few messages", () => {
  expect(countWindows(0, 4_294_967_295, 65_536).steps).toBe(23);
});

test("nextWindow() is narrow again once something was found, and never passes the last UID there can be", () => {
  const wide = { first: 1, last: 100_000 };
  expect(nextWindow(100, wide, 7, 10)).toEqual({ first: 101, last: 1_100 });
  const last = { first: 4_294_967_291, last: 4_294_967_295 };
  expect(nextWindow(4_294_967_290, null, 0, null)).toEqual(last);
});
