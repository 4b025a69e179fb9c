import { expect, test } from "vitest";
import {
  addFailures,
  type AfterFetchFailure,
  afterFetchFailure,
  type FetchFailures,
  forgetFailures,
  nextFetch,
  type NextFetch,
  NO_FETCH_FAILURES,
} from "./fetch-failures.ts";

const failed = (...lists: number[][]) => lists.reduce(addFailures, NO_FETCH_FAILURES);

const plans: [name: string, FetchFailures, uids: number[], NextFetch][] = [
  ["all at once", NO_FETCH_FAILURES, [1, 2, 3], { kind: "fetch", uids: [1, 2, 3] }],
  ["one by one after the batch failed", failed([1, 2, 3]), [1, 2, 3], { kind: "fetch", uids: [1] }],
  [
    "all at once behind a batch that failed",
    failed([1, 2, 3]),
    [4, 5],
    { kind: "fetch", uids: [4, 5] },
  ],
  ["not what failed three times", failed([1], [1], [1]), [1, 2], { kind: "fetch", uids: [2] }],
  ["no more", NO_FETCH_FAILURES, [], { kind: "end", hopeless: [] }],
  ["no more but the hopeless", failed([1], [1], [1]), [1], { kind: "end", hopeless: [1] }],
];

test.each(plans)("nextFetch() fetches %s", (_name, failures, uids, expected) => {
  expect(nextFetch(failures, uids, 3)).toEqual(expected);
});

const alive = { isClosed: false, maxFailures: 3 };
const decisions: [
  string,
  FetchFailures,
  uids: number[],
  typeof alive,
  AfterFetchFailure["kind"],
][] = [
  ["a batch was refused: goes on one by one", failed([1, 2]), [1, 2], alive, "go_on"],
  ["one was refused for the first time: tries again", failed([1]), [1], alive, "go_on"],
  ["one was refused twice: in another session", failed([1], [1]), [1], alive, "end_session"],
  ["one was refused three times: the next", failed([1], [1], [1]), [1], alive, "go_on"],
  [
    "the connection is gone: in another session",
    failed([1, 2]),
    [1, 2],
    { ...alive, isClosed: true },
    "end_session",
  ],
  ["one has one try only: the next", failed([1]), [1], { ...alive, maxFailures: 1 }, "go_on"],
];

test.each(decisions)("afterFailure() when %s", (_name, failures, uids, when, kind) => {
  expect(afterFetchFailure(failures, uids, when).kind).toBe(kind);
});

test("forgetFailures() counts from the beginning", () => {
  expect(nextFetch(forgetFailures(failed([1], [1], [1]), [1]), [1], 3)).toEqual({
    kind: "fetch",
    uids: [1],
  });
});
