import { expect, test } from "vitest";
import { contrastOf, contrastWithWhite, DARK_PAPER, MIN_CONTRAST, toDarkAccent } from "./accent.ts";

test.each([
  ["#000000", 21],
  ["#ffffff", 1],
  ["#767676", 4.54],
  ["#777777", 4.48],
  ["#1d4ed8", 6.7],
])("the contrast of %s with white is %d", (color, contrast) => {
  expect(contrastWithWhite(color)).toBeCloseTo(contrast, 1);
});

test.each(["#000000", "#1d4ed8", "#7f1d1d", "#14532d", "#4c1d95", "#767676", "#ff0000"])(
  "%s is lightened until it can be read on the dark background",
  (color) => {
    expect(contrastOf(toDarkAccent(color), DARK_PAPER)).toBeGreaterThanOrEqual(MIN_CONTRAST);
  },
);

test("a color that can be read on the dark background stays as it is", () => {
  expect(toDarkAccent("#93c5fd")).toBe("#93c5fd");
});
