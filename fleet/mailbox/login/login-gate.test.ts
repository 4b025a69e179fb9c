import { expect, test } from "vitest";
import type { Clock } from "../../../shared/clock.ts";
import { createLoginGate } from "./login-gate.ts";

/** A clock that stands still, and tells how long each sleeper would have slept. */
function stillClock() {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 1_000,
    random: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  return { clock, slept };
}
const never = new AbortController().signal;

test("the first login to a host passes at once, the next ones in turn", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 1);
  for (let i = 0; i < 4; i++) await gate.pass("imap.example", null, never);
  expect(slept).toEqual([10, 20, 30]);
});

test("hosts do not wait for one another", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 1);
  for (const host of ["a", "b", "c"]) await gate.pass(host, null, never);
  expect(slept).toEqual([]);
});

test("instances share the rate, and a provider's own rate comes first", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 5);
  for (let i = 0; i < 2; i++) await gate.pass("imap.example", 20, never);
  expect(slept).toEqual([250]);
});

test("who is stopped while waiting does not log in", async () => {
  const { clock } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 1 }, () => 1);
  await expect(gate.pass("a", null, AbortSignal.abort(new Error("stopped")))).rejects.toThrow(
    "stopped",
  );
});
