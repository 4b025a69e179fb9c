import { expect, test } from "vitest";
import { AppError } from "../errors.ts";
import { createLeasedPlaces, type PlaceRules } from "./leased-places.ts";

const RULES: PlaceRules = {
  what: "a place",
  places: 2,
  share: 2,
  queue: 2,
  waitMs: 1_000,
  leaseMs: 60_000,
};

/** A clock whose time passes only during `sleep`. */
function newClock() {
  let nowMs = 0;
  return {
    pass: (ms: number) => void (nowMs += ms),
    monotonic: () => nowMs,
    sleep: (ms: number) => Promise.resolve().then(() => void (nowMs += ms)),
  };
}

const readCode = (error: unknown) => (error instanceof AppError ? error.code : error);

test("at most the existing places are taken, and a released place can be taken again", async () => {
  const places = createLeasedPlaces(newClock(), RULES);
  await places.take("a");
  const second = await places.take("b");
  const third = places.take("c");
  second[Symbol.dispose]();
  await third;
  await expect(places.take("d")).rejects.toSatisfy((error) => readCode(error) === "unavailable");
});

test("a waiter is refused after its time limit, and immediately if too many wait", async () => {
  const clock = newClock();
  const places = createLeasedPlaces(clock, RULES);
  await places.take("a");
  await places.take("a");
  const waiting = Promise.allSettled([places.take("b"), places.take("c")]);
  const refused = await places.take("d").catch((error: unknown) => error);
  expect(readCode(refused)).toBe("unavailable");
  expect(refused).toMatchObject({ retryAfterS: 1 });
  expect(clock.monotonic()).toBeLessThan(RULES.waitMs);
  expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("one owner gets only its share, and others are served before it", async () => {
  const places = createLeasedPlaces(newClock(), { ...RULES, share: 1 });
  await places.take("greedy");
  const greedy = places.take("greedy");
  await places.take("modest");
  await expect(greedy).rejects.toBeInstanceOf(AppError);
});

test("one owner that waits leaves room in the queue for others", async () => {
  const places = createLeasedPlaces(newClock(), { ...RULES, share: 1 });
  const held = await places.take("greedy");
  await places.take("other");
  const waiting = places.take("greedy");
  const refused = await places.take("greedy").catch((error: unknown) => error);
  expect(readCode(refused)).toBe("unavailable");
  const modest = places.take("modest");
  held[Symbol.dispose]();
  await waiting;
  await expect(modest).rejects.toBeInstanceOf(AppError);
});

test("the place of a lost request is free after its lease", async () => {
  const clock = newClock();
  const places = createLeasedPlaces(clock, RULES);
  await places.take("a");
  await places.take("a");
  clock.pass(RULES.leaseMs);
  await places.take("b");
});

test("a place that rests is taken again when it has", async () => {
  const clock = newClock();
  const places = createLeasedPlaces(clock, { ...RULES, places: 1, restMs: 300 });
  (await places.take("a"))[Symbol.dispose]();
  await places.take("b");
  expect(clock.monotonic()).toBeGreaterThanOrEqual(300);
});
