import { expect, test } from "vitest";
import { SharedTexts } from "./shared-texts.ts";

test("shared texts are equal to the given ones, whatever a server makes up", () => {
  const texts = new SharedTexts();
  const given = [
    "IDLE",
    "IDLE",
    "",
    "x".repeat(5_000),
    ...Array.from({ length: 500 }, (_, n) => `X${n}`),
  ];
  expect(given.map((text) => texts.share(text))).toEqual(given);
});
