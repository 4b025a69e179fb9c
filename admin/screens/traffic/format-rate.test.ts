import { expect, test } from "vitest";
import { formatRate } from "./format-rate.ts";

test.each([
  [1, /^100\s?%$/],
  [0.999_99, /^99[.,]99\s?%$/],
  [0.985, /^98[.,]5\s?%$/],
  [0, /^0\s?%$/],
])("the share %f is shown as %s", (share, shown) => {
  expect(formatRate(share)).toMatch(shown);
});
