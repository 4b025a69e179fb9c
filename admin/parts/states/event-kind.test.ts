import { expect, test } from "vitest";
import { kindInWords } from "./event-kind.ts";

test("a kind that nobody knows is shown as it is", () => {
  expect(kindInWords("new_mail")).toBe("new mail");
  expect(kindInWords("constructor")).toBe("constructor");
});
