import { expect, test } from "vitest";
import { readThrottleMs } from "./read-throttle.ts";

test.each([
  ["Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92_415],
  ["request is throttled. backoff time=5", 5],
  ["Request is throttled.", null],
  ["Suggested Backoff Time: 92415 milliseconds", null],
  ["not now", null],
])("%j asks for a pause of %s ms", (text, ms) => {
  expect(readThrottleMs(text)).toBe(ms);
});
