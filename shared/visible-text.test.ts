import { expect, test } from "vitest";
import { hasUnseen, toVisible } from "./visible-text.ts";

test.each([
  ["plain", "plain"],
  ["Grüße, שלום, 👩‍👩‍👧", "Grüße, שלום, 👩‍👩‍👧"],
  ["می‌خواهم", "می‌خواهم"],
  ["invoice\u202Efdp.exe", String.raw`invoice\u202efdp.exe`],
  ["\u2066one\u2069", String.raw`\u2066one\u2069`],
  ["a\u0000b\u001b[2Jc\u009bd", String.raw`a\u0000b\u001b[2Jc\u009bd`],
  ["one\u2028two\ufeff", String.raw`one\u2028two\ufeff`],
  ["two\n\tlines\r\n", "two\n\tlines\r\n"],
])("%j is shown as %j", (text, shown) => {
  expect(toVisible(text)).toBe(shown);
});

test("a text that is too long is cut, but never inside a character", () => {
  expect(toVisible("abcdef", 3)).toBe("abc …");
  expect(toVisible("ab👩", 3)).toBe("ab� …");
  expect(toVisible("x".repeat(100_000)).length).toBeLessThan(2_010);
});

test("a megabyte of the worst input is fast", () => {
  const text = "\u202e".repeat(1_048_576);
  // Measures the CPU time of this thread, because the machine may be busy with other work.
  const before = process.threadCpuUsage();
  expect(toVisible(text, 1_048_576)).toHaveLength(6 * 1_048_576);
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});

test("only invisible characters count as unseen", () => {
  expect(hasUnseen("a b")).toBe(false);
  expect(hasUnseen("a\tb")).toBe(true);
  expect(hasUnseen("a\u202eb")).toBe(true);
});
