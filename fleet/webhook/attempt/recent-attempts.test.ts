import { expect, test } from "vitest";
import { createRecentAttempts } from "./recent-attempts.ts";

const MINUTE_MS = 60_000;

function startMeasuring() {
  let nowMs = 1_000_000;
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    random: () => 0,
    sleep: () => Promise.resolve(),
  };
  return { attempts: createRecentAttempts(clock), pass: (ms: number) => (nowMs += ms) };
}

test("an attempt counts as in flight until it ends, and the oldest is reported", () => {
  const { attempts, pass } = startMeasuring();
  const first = attempts.begin();
  pass(10);
  using _ = attempts.begin();
  expect(attempts.measure().oldestInFlightAt).toEqual(new Date(1_000_000));
  first[Symbol.dispose]();
  expect(attempts.measure()).toEqual({
    oldestInFlightAt: new Date(1_000_010),
    ...{ recentAttempts: 0, recentFailures: 0, answerP50Ms: null, answerP99Ms: null },
  });
});

test("answers are counted for five minutes, with failures and percentiles", () => {
  const { attempts, pass } = startMeasuring();
  const answer = (durationMs: number, hasFailed = false) => {
    using attempt = attempts.begin();
    attempt.answered(hasFailed, durationMs);
  };
  for (let ms = 1; ms <= 99; ms++) answer(ms);
  pass(4 * MINUTE_MS);
  answer(29_000, true);
  expect(attempts.measure()).toEqual({
    oldestInFlightAt: null,
    ...{ recentAttempts: 100, recentFailures: 1, answerP50Ms: 50, answerP99Ms: 99 },
  });
  pass(2 * MINUTE_MS);
  expect(attempts.measure()).toMatchObject({ recentAttempts: 1, answerP50Ms: 29_000 });
  pass(4 * MINUTE_MS);
  expect(attempts.measure()).toMatchObject({ recentAttempts: 0, answerP50Ms: null });
});

test("a busy lane counts its newest attempts alone", () => {
  const { attempts } = startMeasuring();
  for (let ms = 0; ms < 2_500; ms++) {
    using attempt = attempts.begin();
    attempt.answered(false, ms);
  }
  expect(attempts.measure()).toMatchObject({ recentAttempts: 500, answerP50Ms: 2_249 });
});
