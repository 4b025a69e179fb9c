import { expect, test } from "vitest";
import { reconnectDelayMs } from "./backoff.ts";

test.each([
  [0, 0],
  [1, 0],
  [2, 7_000],
  [3, 26_000],
  [6, 215_000],
  [7, 300_000],
  [1_000, 300_000],
])("reconnectDelayMs() after %i errors waits %i ms and up to a fifth more", (errors, delayMs) => {
  expect(reconnectDelayMs(errors, () => 0)).toBe(delayMs);
  const latest = reconnectDelayMs(errors, () => 0.999);
  expect(latest).toBeLessThanOrEqual(errors === 1 ? 500 : delayMs * 1.2);
});
