import { expect, test } from "vitest";
import { judgeInstance, type SeenInstance } from "./judge-instance.ts";

const NOW_MS = 1_000_000;
const seen: SeenInstance = {
  id: "a",
  role: "all",
  reported: "up",
  capacity: 100,
  natsVersion: "2.12.2",
  heardMs: NOW_MS,
  natsSilentSinceMs: null,
  isReporting: true,
};

test.each([
  ["up", 0, "up"],
  ["up", 60, "up"],
  ["up", 61, "gone"],
  ["draining", 5, "draining"],
  ["draining", 61, undefined],
  ["restarting", 5, "restarting"],
  ["restarting", 61, "gone"],
  ["cut_off", 5, "cut_off"],
  ["cut_off", 61, "gone"],
])("an instance that said %s, %i s ago: %s", (reported, ageS, state) => {
  const heardMs = NOW_MS - ageS * 1_000;
  expect(judgeInstance({ ...seen, reported, heardMs }, NOW_MS)?.state).toBe(state);
});

test("an instance that reports a silent NATS has no NATS, whatever it said before", () => {
  const silent = { ...seen, reported: "draining", natsSilentSinceMs: NOW_MS - 20_000 };
  expect(judgeInstance(silent, NOW_MS)).toMatchObject({
    state: "no_nats",
    natsSilentSinceMs: NOW_MS - 20_000,
  });
});

test("an old report about NATS says nothing about now", () => {
  const old = { ...seen, natsSilentSinceMs: NOW_MS - 90_000, isReporting: false };
  expect(judgeInstance(old, NOW_MS)).toMatchObject({ state: "up", natsSilentSinceMs: null });
});
