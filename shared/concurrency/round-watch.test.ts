import { expect, test } from "vitest";
import { judgeRound } from "./round-watch.ts";

test.each([
  [0, "going"],
  [1, "going"],
  [9, "going"],
  [10, "stuck"],
  [11, "abandoned"],
  [100, "abandoned"],
] as const)("after %i looks without a sign of life a round is %s", (silentLooks, standing) => {
  expect(judgeRound(silentLooks)).toBe(standing);
});
