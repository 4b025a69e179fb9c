import { expect, test } from "vitest";
import { formatSize } from "./format-size.ts";

test.each([
  [0, "0 byte"],
  [999, "999 byte"],
  [1_000, "1 kB"],
  [2_048, "2.05 kB"],
  [26_214_400, "26.2 MB"],
  [5_000_000_000_000, "5,000 GB"],
])("%i bytes are shown as %s", (bytes, words) => {
  expect(formatSize(bytes)).toBe(words);
});
