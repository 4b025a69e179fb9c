import { generateTOTP } from "@oslojs/otp";
import { expect, test } from "vitest";
import { findStep, newTotpSecret, showTotpSecret } from "./totp-code.ts";

/**
 * The secret of RFC 6238, appendix B, for SHA-1. The codes below are the last six digits of the
 * codes in that appendix.
 */
const SECRET = new TextEncoder().encode("12345678901234567890");

test.each([
  [59, "287082", 1],
  [1_111_111_109, "081804", 37_037_036],
  [2_000_000_000, "279037", 66_666_666],
])("at %i s the code is %s", (atS, code, step) => {
  expect(findStep(SECRET, code, atS * 1_000)).toBe(step);
});

const BEGIN_S = 1_111_111_080;

test.each([
  ["one step early", BEGIN_S - 30, 37_037_036],
  ["one step late", BEGIN_S + 59, 37_037_036],
  ["two steps early", BEGIN_S - 31, undefined],
  ["two steps late", BEGIN_S + 60, undefined],
])("a code that is %s", (_when, atS, step) => {
  expect(findStep(SECRET, "081804", atS * 1_000)).toBe(step);
});

test.each(["", "28708", "2870820", "28708a", "２８７０８２", "000000"])("%j is no code", (code) => {
  expect(findStep(SECRET, code, 59_000)).toBeUndefined();
});

test("a secret is shown in the format of authenticator apps", () => {
  expect(showTotpSecret(SECRET, "ada@example.com")).toEqual({
    secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    uri: expect.stringMatching(
      /^otpauth:\/\/totp\/SuperIMAP:ada%40example\.com\?.*secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ/,
    ),
  });
});

test("each new secret is different", () => {
  const nowMs = Date.now();
  const secret = newTotpSecret();
  const code = generateTOTP(secret, 30, 6);
  expect(findStep(secret, code, nowMs)).toBeDefined();
  expect(findStep(newTotpSecret(), code, nowMs)).toBeUndefined();
});
