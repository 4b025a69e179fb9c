import { expect, test } from "vitest";
import {
  type AttemptResult,
  decideOutcome,
  describeResult,
  hasFailed,
  type Outcome,
  type OutcomePolicy,
} from "./outcome.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const policy: OutcomePolicy = {
  retryScheduleMs: [10_000, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR],
  isTracer: false,
  // With 0.5, the jitter is zero.
  random: () => 0.5,
};

const answered = (status: number, retryAfterMs?: number): AttemptResult => ({
  kind: "response",
  status,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

const cases: [name: string, result: AttemptResult, attempt: number, expected: Outcome][] = [
  ["acks 200", answered(200), 1, { action: "ack" }],
  ["acks 206 at the last attempt", answered(206), 7, { action: "ack" }],
  ["archives the user on 403", answered(403), 3, { action: "archive" }],
  ["retries 207 like any other answer", answered(207), 1, { action: "retry", afterMs: 10_000 }],
  ["retries a redirect", answered(302), 1, { action: "retry", afterMs: 10_000 }],
  ["honours a longer Retry-After", answered(429, 90_000), 1, { action: "retry", afterMs: 90_000 }],
  ["ignores a shorter Retry-After", answered(503, 1), 2, { action: "retry", afterMs: MINUTE }],
  [
    "retries a timeout for the sixth time after 8 h",
    { kind: "timeout" },
    6,
    { action: "retry", afterMs: 8 * HOUR },
  ],
  ["buries the event after the seventh attempt", { kind: "timeout" }, 7, { action: "bury" }],
  ["buries an event that was taken more often than that", answered(500), 40, { action: "bury" }],
  [
    "retries a mail whose body is missing",
    { kind: "unmade", reason: "the mail's body is not in BODIES" },
    1,
    { action: "retry", afterMs: 10_000 },
  ],
];

test.each(cases)("decideOutcome() %s", (_name, result, attempt, expected) => {
  expect(decideOutcome(result, attempt, policy)).toEqual(expected);
});

test("decideOutcome() retries a 403 for a tracer user", () => {
  const outcome = decideOutcome(answered(403), 1, { ...policy, isTracer: true });
  expect(outcome).toEqual({ action: "retry", afterMs: 10_000 });
});

test.each([
  [0, 8_000],
  [0.25, 9_000],
  [0.999, 11_996],
])("decideOutcome() spreads retries by a fifth: random %d waits %d ms", (random, afterMs) => {
  const outcome = decideOutcome({ kind: "timeout" }, 1, { ...policy, random: () => random });
  expect(outcome).toEqual({ action: "retry", afterMs });
});

test.each<[result: AttemptResult, words: string | null]>([
  [answered(204), null],
  [answered(403), "the endpoint answered 403"],
  [{ kind: "timeout" }, "the endpoint did not answer in time"],
  [{ kind: "unreachable", reason: "connection refused" }, "connection refused"],
])("describeResult() says %j as %s", (result, words) => {
  expect(describeResult(result)).toBe(words);
});

test.each<[result: AttemptResult, failed: boolean | null]>([
  [answered(200), false],
  [answered(403), false],
  [answered(302), true],
  [answered(500), true],
  [{ kind: "timeout" }, true],
  [{ kind: "unreachable", reason: "connection refused" }, true],
  [{ kind: "unmade", reason: "the mail's body is not in BODIES" }, null],
])("hasFailed() says of %j: %s", (result, failed) => {
  expect(hasFailed(result)).toBe(failed);
});
