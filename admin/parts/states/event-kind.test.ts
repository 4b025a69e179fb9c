import { expect, test } from "vitest";
import { kindInWords } from "./event-kind.ts";

test("an unknown kind is shown unchanged", () => {
  expect(kindInWords("new_mail")).toBe("new mail");
  expect(kindInWords("constructor")).toBe("constructor");
});
