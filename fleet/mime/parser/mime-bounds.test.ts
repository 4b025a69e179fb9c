import { expect, test } from "vitest";
import { findExcess } from "./mime-bounds.ts";

const LINES = "lines, wanted at most 150000";
const PARTS = "lines that may begin a part, wanted at most 20000";
const SHAPES: [what: string, text: string, excess: string | null][] = [
  ["nothing", "", null],
  ["one line without an end", "--a", null],
  ["150,000 lines", "\n".repeat(150_000), null],
  ["150,001 lines", "\n".repeat(150_001), `found 150001 ${LINES}`],
  ["150,001 lines, the last without an end", `${"\n".repeat(150_000)}a`, `found 150001 ${LINES}`],
  ["20,000 parts", "--b\r\n".repeat(20_000), null],
  ["20,001 parts", "--b\r\n".repeat(20_001), `found 20001 ${PARTS}`],
  ["500,000 equals signs", "A=".repeat(500_000), null],
  [
    "500,001 equals signs",
    "A=".repeat(500_001),
    "found 500001 equals signs, wanted at most 500000",
  ],
  ["dashes in other places", "-\n - --\n".repeat(20_001), null],
];

test.each(SHAPES)("findExcess() of a mail of %s", (_what, text, excess) => {
  expect(findExcess(new TextEncoder().encode(text))).toBe(excess);
});
