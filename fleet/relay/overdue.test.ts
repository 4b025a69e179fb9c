import { expect, test } from "vitest";
import { judgeLoss, judgeQueuedMail } from "./overdue.ts";

const SECOND_MS = 1_000;
const NOW_MS = 10_000 * SECOND_MS;
const policy = { ageMs: 100 * SECOND_MS, retryScheduleMs: [10 * SECOND_MS, 1_000 * SECOND_MS] };

const tried = (
  attempt: number,
  secondsAgo: number,
  outcome: "delivered" | "archived" | "retry" | "dead" = "retry",
) => ({ attempt, attemptedAtMs: NOW_MS - secondsAgo * SECOND_MS, outcome });

test.each([
  { name: "a young mail is expected", recorded: 99, last: null, kind: "expected" },
  { name: "an old mail nobody tried is overdue", recorded: 101, last: null, kind: "overdue" },
  {
    name: "a first retry that is due is expected",
    recorded: 900,
    last: tried(1, 50),
    kind: "expected",
  },
  {
    name: "a first retry that did not come is overdue",
    recorded: 900,
    last: tried(1, 113),
    kind: "overdue",
  },
  { name: "a retry's jitter is allowed for", recorded: 900, last: tried(1, 111), kind: "expected" },
  { name: "a long retry is waited for", recorded: 5_000, last: tried(2, 1_299), kind: "expected" },
  { name: "a long retry ends too", recorded: 5_000, last: tried(2, 1_301), kind: "overdue" },
  {
    name: "after the last retry it should be dead",
    recorded: 5_000,
    last: tried(3, 101),
    kind: "overdue",
  },
])("$name", ({ recorded, last, kind }) => {
  const mail = { recordedAtMs: NOW_MS - recorded * SECOND_MS, lastAttempt: last };
  expect(judgeQueuedMail(mail, policy, NOW_MS)).toEqual({ kind });
});

test.each([
  ["delivered", { state: "delivered", reason: null }],
  ["archived", { state: "delivered", reason: "user_archived" }],
  ["dead", { state: "dead", reason: null }],
] as const)("an attempt on record that ended as %s ends the mail", (outcome, end) => {
  const mail = { recordedAtMs: 0, lastAttempt: tried(1, 1, outcome) };
  expect(judgeQueuedMail(mail, policy, NOW_MS)).toEqual({ kind: "ended", ...end });
});

test.each([
  { trace: { kind: "missing" }, loss: "event" },
  { trace: { kind: "stored", seq: 5, ackFloor: 4, hasBody: true }, loss: "none" },
  { trace: { kind: "stored", seq: 5, ackFloor: 4, hasBody: false }, loss: "body" },
  { trace: { kind: "stored", seq: 5, ackFloor: 5, hasBody: true }, loss: "end" },
  { trace: { kind: "stored", seq: 5, ackFloor: 9, hasBody: false }, loss: "end" },
] as const)("for $trace the loss is: $loss", ({ trace, loss }) => {
  expect(judgeLoss(trace)).toBe(loss);
});
