import { expect, test } from "vitest";
import { whyNotAgain } from "./why-not-again.ts";

test.each([
  ["expunged", "the mail is no longer stored, and it is no longer in its mailbox"],
  ["account_changed", "the mail is no longer stored, and its user has another account now"],
  ["draft", "the mail is no longer stored, and is not delivered now (draft)"],
  ["toString", "the mail is no longer stored, and is not delivered now (toString)"],
  [null, "the mail is no longer stored, and is not delivered now (null)"],
])("the description of %s is: %s", (reason, words) => {
  expect(whyNotAgain(reason)).toBe(words);
});
