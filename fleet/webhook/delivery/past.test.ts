import { expect, test } from "vitest";
import type { AttemptRecord } from "../record/attempt-record.ts";
import { judgePast, NO_PAST, type Past } from "./past.ts";

const SEQ = 7;
const message = {
  event_id: "evt_1",
  partner_id: "prt_1",
  user_id: "usr_1",
  kind: "new_mail",
  event_seq: SEQ,
};
const attempt = {
  ...message,
  attempt: 3,
  attempted_at_ms: 1,
  duration_ms: 1,
  status: 500,
  error: "the endpoint answered 500",
  answer: "",
};
const grave = { dead_seq: 1, died_at_ms: 1, last_error: "over" };
const taken = { ...message, outcome: "taken", last_error: "before", taken_at_ms: 1 } as const;
const ended: Past = { kind: "ended" };
const dying = { died_at_ms: 1, last_error: "over", unreadable: false, body_bytes: 1, waits: false };

test.each<[name: string, record: AttemptRecord | undefined, past: Past]>([
  [
    "an event whose last attempt is on record is attempted no more",
    { ...attempt, outcome: "retry", again_at_ms: 9, dying },
    { kind: "dying", attempts: 3, dying },
  ],
  [
    "nor is one that was given up without another",
    { ...taken, takes: 5, attempts: 2, dying },
    { kind: "dying", attempts: 2, dying },
  ],
  [
    "one that was buried without room for its letter has ended",
    { ...message, ...grave, dead_seq: null, outcome: "buried", attempts: 2, unreadable: false },
    ended,
  ],
  ["an event without a record has no past", undefined, NO_PAST],
  [
    "a retry counts",
    { ...attempt, outcome: "retry", again_at_ms: 9 },
    { ...NO_PAST, attempts: 3, lastError: attempt.error, againAtMs: 9 },
  ],
  [
    "an attempt that is held does not count",
    { ...attempt, outcome: "held", again_at_ms: 9 },
    { ...NO_PAST, attempts: 2, lastError: attempt.error, againAtMs: 9 },
  ],
  [
    "takes are counted beside the attempts",
    { ...taken, takes: 2, attempts: 4 },
    { ...NO_PAST, attempts: 4, lastError: "before", takes: 2 },
  ],
  ["a delivered event has ended", { ...attempt, outcome: "delivered" }, ended],
  ["an archived user's event has ended", { ...attempt, outcome: "archived" }, ended],
  ["a dead event has ended", { ...attempt, ...grave, outcome: "dead" }, ended],
  ["a skipped event has ended", { ...message, outcome: "skipped", reason: "no_webhook" }, ended],
  [
    "an event that was given up has ended",
    { ...message, ...grave, outcome: "buried", attempts: 0, unreadable: false },
    ended,
  ],
])("%s", (_name, record, past) => {
  expect(judgePast(record, SEQ)).toEqual(past);
  // A message with another sequence is a new publication of the same event.
  expect(judgePast(record, SEQ + 1)).toEqual(NO_PAST);
});
