import { expect, test } from "vitest";
import { adviceFor } from "./advice-for.ts";

test.each([
  [
    "the mail was lost",
    "the mail was lost. A redelivery fetches it from its mailbox again, if it is still there.",
  ],
  ["the event cannot be read", "the event cannot be read. It can only be deleted."],
  ["something new", "something new."],
  ["constructor", "constructor."],
])("where %s: %s", (reason, words) => {
  expect(adviceFor(reason)).toBe(words);
});
