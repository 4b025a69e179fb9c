import { expect, test } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const NOW = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
const DAY = 86_400_000;

test.each<[header: string | null, delayMs: number | undefined]>([
  [null, undefined],
  ["", undefined],
  ["0", 0],
  ["120", 120_000],
  [" 7 ", 7_000],
  ["99999999", DAY],
  ["99999999999999999999999999", DAY],
  ["Wed, 21 Oct 2026 07:29:30 GMT", 90_000],
  ["Wed, 21 Oct 2026 07:27:00 GMT", 0],
  ["Thu, 21 Oct 2027 07:28:00 GMT", DAY],
  ["-1", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["Wed, 99 Foo 2026", undefined],
])("parseRetryAfter(%j) is %s", (header, delayMs) => {
  expect(parseRetryAfter(header, NOW)).toBe(delayMs);
});
