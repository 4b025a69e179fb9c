import { expect, test } from "vitest";
import type { Clock } from "../../../shared/clock.ts";
import { createLoginGate, type GatedLogin } from "./login-gate.ts";

/** A clock that does not advance, and records how long each sleep would take. */
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
const login = (host: string, more: Partial<GatedLogin> = {}): GatedLogin => ({
  partnerId: "p",
  host,
  ratePerS: null,
  ...more,
});

test("the first login to a host passes at once, the next ones in turn", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 1);
  for (let i = 0; i < 4; i++) await gate.pass(login("imap.example"), never);
  expect(slept).toEqual([10, 20, 30]);
});

test("different hosts do not wait for one another", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 1);
  for (const host of ["a", "b", "c"]) await gate.pass(login(host), never);
  expect(slept).toEqual([]);
});

test("instances share the rate, and a provider's own rate comes first", async () => {
  const { clock, slept } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 5);
  for (let i = 0; i < 2; i++) await gate.pass(login("imap.example", { ratePerS: 20 }), never);
  expect(slept).toEqual([250]);
});

test("a stopped waiter does not log in", async () => {
  const { clock } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 1 }, () => 1);
  const stopped = AbortSignal.abort(new Error("stopped"));
  await expect(gate.pass(login("a"), stopped)).rejects.toThrow("stopped");
});

test("partners that wait for one host take turns, though one has far more that wait", async () => {
  const { clock } = stillClock();
  const gate = createLoginGate({ clock }, { ratePerS: 100 }, () => 1);
  const order: string[] = [];
  const logIn = (partnerId: string) =>
    gate.pass(login("imap.example", { partnerId }), never).then(() => order.push(partnerId));
  const all = ["big", ...Array.from({ length: 5_000 }, () => "big"), "small", "small"].map(logIn);
  await Promise.all(all);
  expect(order.lastIndexOf("small")).toBeLessThan(6);
});

test("a waiter that stops does not use up a turn", async () => {
  const sleeping: AbortSignal[] = [];
  const clock: Clock = {
    ...stillClock().clock,
    sleep: (_ms, signal) => {
      sleeping.push(signal);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  };
  const gate = createLoginGate({ clock }, { ratePerS: 1 }, () => 1);
  await gate.pass(login("a"), never);
  const stop = new AbortController();
  const waiting = gate.pass(login("a"), stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  expect(sleeping.map(({ aborted }) => aborted)).toEqual([true]);
});
