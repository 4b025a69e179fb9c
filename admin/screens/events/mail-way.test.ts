import { expect, test } from "vitest";
import { mailWay, type WayOfMail } from "./mail-way.ts";

const time = (seconds: number) =>
  new Date(Date.UTC(2026, 10, 22, 10) + seconds * 1_000).toISOString();
const attempt = (
  number: number,
  at: number,
  outcome: WayOfMail["attempts"][number]["outcome"],
) => ({
  number,
  attempted_at: time(at),
  duration_ms: 250,
  outcome,
  next_attempt_at: outcome === "retry" ? time(at + 60) : null,
});

const way = (
  state: WayOfMail["state"],
  attempts: WayOfMail["attempts"] = [],
  again: number | null = null,
) =>
  mailWay({
    internal_date: time(0),
    recorded_at: time(again ?? 2),
    first_recorded_at: again === null ? null : time(2),
    state,
    attempts,
  }).map(({ title, at, elapsedMs }) => [title, at, elapsedMs]);

const RECEIVED = ["Received by the mail server", time(0), null];
const QUEUED = ["Published and queued", time(2), 2_000];

test.each<[string, ReturnType<typeof way>, unknown[]]>([
  ["waits for its first attempt", way("queued"), [RECEIVED, QUEUED]],
  ["is skipped", way("skipped"), [RECEIVED, ["Seen and skipped", time(2), 2_000]]],
  ["is parked", way("parked"), [RECEIVED, ["Seen and parked", time(2), 2_000]]],
  [
    "is delivered at once",
    way("delivered", [attempt(1, 3, "delivered")]),
    [RECEIVED, QUEUED, ["First attempt", time(3), 1_000], ["Delivered", time(3.25), 250]],
  ],
  [
    "comes again",
    way("queued", [attempt(2, 63, "retry"), attempt(1, 3, "retry")]),
    [RECEIVED, QUEUED, ["First attempt", time(3), 1_000], ["Next attempt", time(123), 120_000]],
  ],
  [
    "is given up",
    way("dead", [attempt(2, 63, "dead"), attempt(1, 3, "retry")]),
    [
      RECEIVED,
      QUEUED,
      ["First attempt", time(3), 1_000],
      ["Last attempt failed", time(63.25), 60_250],
    ],
  ],
  [
    "was given up without an end of its own",
    way("dead", [attempt(1, 3, "retry")]),
    [RECEIVED, QUEUED, ["First attempt", time(3), 1_000]],
  ],
  [
    "has its user archived",
    way("delivered", [attempt(1, 3, "archived")]),
    [
      RECEIVED,
      QUEUED,
      ["First attempt", time(3), 1_000],
      ["Refused with 403; user archived", time(3.25), 250],
    ],
  ],
  [
    "is delivered again, after more attempts than are shown",
    way("delivered", [attempt(300, 3, "delivered")]),
    [RECEIVED, QUEUED, ["Delivered", time(3.25), 1_250]],
  ],
  [
    "was attempted before it was recorded",
    way("delivered", [attempt(1, 1, "delivered")]),
    [RECEIVED, QUEUED, ["First attempt", time(1), null], ["Delivered", time(1.25), 250]],
  ],
  [
    "is queued again after its delivery",
    way("queued", [attempt(1, 3, "delivered")], 100),
    [
      RECEIVED,
      QUEUED,
      ["First attempt", time(3), 1_000],
      ["Delivered", time(3.25), 250],
      ["Queued again", time(100), 96_750],
    ],
  ],
  [
    "is delivered again",
    way("delivered", [attempt(2, 101, "delivered"), attempt(1, 3, "delivered")], 100),
    [
      RECEIVED,
      QUEUED,
      ["First attempt", time(3), 1_000],
      ["Delivered", time(3.25), 250],
      ["Queued again", time(100), 96_750],
      ["Delivered", time(101.25), 1_250],
    ],
  ],
])("the timeline of a mail that %s", (_what, steps, expected) => {
  expect(steps).toEqual(expected);
});
