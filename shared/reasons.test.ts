import { expect, test } from "vitest";
import { reasonText } from "./reasons.ts";

test("a reason has a text that says what to do", () => {
  expect(reasonText("wrong_password")).toContain("check the username and the password");
});

test.each(["of_another_version", "toString", "__proto__"])(
  "the unknown reason %s is its own text",
  (code) => {
    expect(reasonText(code)).toBe(code.replaceAll("_", " "));
  },
);
