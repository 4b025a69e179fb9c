import { expect, test } from "vitest";
import { type Clock, systemClock } from "../clock.ts";
import { createLog } from "../log.ts";
import { collectStandings } from "./loop-standings.ts";
import { repeat } from "./repeat.ts";
import { untilAborted } from "./until-aborted.ts";

/** A clock whose sleeps end immediately. `slept` lists the requested durations in ms. */
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

test("repeat() warns once of each cause of an outage, and of five at most", async () => {
  const stop = new AbortController();
  const { clock } = quickClock();
  const errors: string[] = [];
  const log = createLog((line) => errors.push(JSON.parse(line).error));
  const causes = ["cut off", "gone", "cut off", "gone", "3", "4", "5", "6"];
  let rounds = 0;
  const work = async () => {
    const cause = causes[rounds++];
    if (cause === undefined) return stop.abort();
    throw new Error(cause);
  };
  await repeat({ clock, log }, { name: "it", everyMs: 70, work }).run(stop.signal);
  expect(errors.slice(0, 5)).toEqual(["cut off", "gone", "3", "4", "5"]);
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

/**
 * Runs a loop whose rounds may get stuck, and returns the logged events. Uses the system clock,
 * because a test clock does not replace the `setInterval()` of `watchRound()`.
 */
async function stuckLoop(work: (signal: AbortSignal, round: number) => Promise<void>) {
  const stop = new AbortController();
  const { log, events } = newLog();
  let rounds = 0;
  const options = {
    name: "it",
    everyMs: 0,
    maxSilenceMs: 50,
    async work(signal: AbortSignal) {
      rounds++;
      if (rounds === 3) stop.abort();
      await work(signal, rounds);
    },
  };
  await repeat({ clock: systemClock, log }, options).run(stop.signal);
  return events;
}

test("repeat() continues without a round that never ends", async () => {
  const never = Promise.withResolvers<void>();
  const work = async (_: AbortSignal, round: number) => (round === 1 ? never.promise : undefined);
  const events = await stuckLoop(work);
  expect(events).toEqual(["loop.stuck", "it.failing", "it.recovered"]);
  never.resolve();
  await expect.poll(() => events.at(-1)).toBe("loop.ended_late");
  expect(collectStandings()).toEqual([]);
});

test("repeat() ends a stuck round by its signal, where that is listened to", async () => {
  const work = async (signal: AbortSignal, round: number) =>
    round === 1 ? untilAborted(signal) : undefined;
  expect(await stuckLoop(work)).toEqual(["loop.stuck", "it.failing", "it.recovered"]);
});

test("repeat() takes a round for stuck only without signs of life", async () => {
  const stop = new AbortController();
  const { log, events } = newLog();
  const options = {
    name: "it",
    everyMs: 0,
    maxSilenceMs: 500,
    async work(_: AbortSignal, goesOn: () => void) {
      for (let i = 0; i < 20; i++) {
        await systemClock.sleep(50, new AbortController().signal);
        goesOn();
      }
      stop.abort();
    },
  };
  await repeat({ clock: systemClock, log }, options).run(stop.signal);
  expect(events).toEqual([]);
});
