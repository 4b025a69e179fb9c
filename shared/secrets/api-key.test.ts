import { expect, test } from "vitest";
import { mayBeApiKey, newApiKey } from "./api-key.ts";

test("a new key has a checksum, and any other character breaks it", async () => {
  const { key, prefix } = await newApiKey();
  expect(key).toMatch(/^sk_[\dA-Za-z]{33}$/);
  expect(key.startsWith(prefix)).toBe(true);
  expect(mayBeApiKey(key)).toBe(true);
  for (const at of [3, 20, 29, 30, 35]) {
    const other = key[at] === "x" ? "y" : "x";
    expect(mayBeApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
  }
});

test("the checksum of a key never changes, because keys are kept for years", () => {
  expect(mayBeApiKey("sk_0123456789ABCDEFGHIJKLMNOPQ1CfRnz")).toBe(true);
});

test.each([
  ["a key of before", "sk_0123456789ABCDEFGHIJKLMNOPQ", true],
  ["a key of SuperIMAP", "1f0c9b7e6a5d4c3b2a19", true],
  ["a key with a wrong checksum", "sk_0123456789ABCDEFGHIJKLMNOPQ000000", false],
  ["what no key is as long as", "k".repeat(256), false],
])("%s may be one: %j %j", (_what, key, may) => {
  expect(mayBeApiKey(key)).toBe(may);
});
