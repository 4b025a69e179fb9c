import { expect, test } from "vitest";
import { mayBeRefused } from "./refusal-guard.ts";

test.each([
  [0, 20],
  [60, 20],
  [1_049, 20],
  [1_050, 21],
  [100_000, 2_000],
])("with %d living users, %d may be archived at once", (living, users) => {
  expect(mayBeRefused(living)).toBe(users);
});
