import { expect, test } from "vitest";
import { newOneTimeCode, readOneTimeCode } from "./one-time-code.ts";

test("a code has four groups of four characters, and no code repeats", () => {
  const codes = Array.from({ length: 100 }, newOneTimeCode);
  for (const code of codes)
    expect(code).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$/);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([
  ["as it was shown", "1k7d-9mx2-q0zt-wv4e"],
  ["in capitals", "1K7D-9MX2-Q0ZT-WV4E"],
  ["with spaces in place of dashes", " 1k7d 9mx2 q0zt wv4e "],
  ["without dashes", "1k7d9mx2q0ztwv4e"],
  ["with letters that look like its digits", "lk7d-9mx2-qOzt-wv4e"],
])("a code is read %s", (_how, typed) => {
  expect(readOneTimeCode(typed)).toBe("1k7d-9mx2-q0zt-wv4e");
});
