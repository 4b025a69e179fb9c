import { expect, test } from "vitest";
import type { Clock } from "./clock.ts";
import { createLog } from "./log.ts";
import { repeat } from "./repeat.ts";

/** A clock whose sleeps end at once, and are counted. */
function quickClock() {
  const slept: number[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
  };
  return { clock, slept };
}

function newLog() {
  const events: string[] = [];
  const log = createLog((line) => events.push(JSON.parse(line).event));
  return { log, events };
}

test("repeat() does the work again after each pause until it is stopped", async () => {
  const stop = new AbortController();
  const { clock, slept } = quickClock();
  let rounds = 0;
  const work = async () => {
    rounds++;
    if (rounds === 3) stop.abort();
  };
  await repeat({ clock, log: newLog().log }, { name: "it", everyMs: 70, work }).run(stop.signal);
  expect(rounds).toBe(3);
  expect(slept).toEqual([70, 70]);
});

test("repeat() backs off from 250 ms to 5 s while it fails, and warns once an outage", async () => {
  const stop = new AbortController();
  const { clock, slept } = quickClock();
  const { log, events } = newLog();
  let rounds = 0;
  const work = async () => {
    rounds++;
    if (rounds === 9) stop.abort();
    if (rounds !== 7) throw new Error("down");
  };
  await repeat({ clock, log }, { name: "it", everyMs: 70, work }).run(stop.signal);
  expect(slept).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 70, 250]);
  expect(events).toEqual(["it.failing", "it.recovered", "it.failing"]);
});

test("repeat() that is woken in the middle of its work begins again at once", async () => {
  const stop = new AbortController();
  const pauses: boolean[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    random: () => 0.5,
    sleep: async (_ms, signal) => void pauses.push(signal.aborted),
  };
  let rounds = 0;
  const repetition = repeat(
    { clock, log: newLog().log },
    {
      name: "it",
      everyMs: 1_000,
      async work() {
        rounds++;
        if (rounds === 2) repetition.wake();
        if (rounds === 4) stop.abort();
      },
    },
  );
  await repetition.run(stop.signal);
  expect(pauses).toEqual([false, true, false]);
});

test("repeat() that is stopped before it started does nothing", async () => {
  let rounds = 0;
  const work = async () => void rounds++;
  const { clock } = quickClock();
  const { log } = newLog();
  await repeat({ clock, log }, { name: "it", everyMs: 1, work }).run(AbortSignal.abort());
  expect(rounds).toBe(0);
});
