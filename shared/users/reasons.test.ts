import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { REASON_CODES, reasonText } from "./reasons.ts";

test("each reason has a text with advice", () => {
  expect(reasonText("wrong_password")).toContain("check the username and the password");
});

test.each(["of_another_version", "toString", "__proto__"])(
  "the unknown reason %s is its own text",
  (code) => {
    expect(reasonText(code)).toBe(code.replaceAll("_", " "));
  },
);

test("docs/errors.md has a section for each reason that says what to do", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const missing = REASON_CODES.filter(
    (code) => !page.includes(`\n#### ${code}\n\n> ${reasonText(code)}\n`),
  );
  expect(missing).toEqual([]);
});
