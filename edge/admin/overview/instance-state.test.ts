import { expect, test } from "vitest";
import { judgeInstanceState } from "./instance-state.ts";

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
])("an instance that said %s, %i s ago: %s", (state, heartbeatAgeS, shown) => {
  expect(judgeInstanceState({ state, heartbeatAgeS })).toBe(shown);
});
