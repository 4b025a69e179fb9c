import { expect, test } from "vitest";
import { mailInWords } from "./mail-in-words.ts";

test.each([
  ["queued", null, "Waiting for delivery."],
  [
    "queued",
    "oversize",
    "Waiting for delivery. It is too large and is delivered without its text.",
  ],
  ["delivered", null, "Delivered: the webhook answered with success."],
  ["delivered", "user_archived", "The webhook answered 403, so its user was archived."],
  [
    "dead",
    "the endpoint answered 500",
    "Dead letter: the last attempt failed. The endpoint answered 500.",
  ],
  ["skipped", "duplicate_sha1", "Not delivered. The same mail was delivered before."],
  ["skipped", "of_another_version", "Not delivered. Of_another_version."],
  ["skipped", "constructor", "Not delivered. Constructor."],
  [
    "parked",
    "body_not_fetched",
    "It could not be fetched. It is tried again later. The mail server did not send its body.",
  ],
] as const)("a mail that is %s for %s: %s", (state, reason, words) => {
  expect(mailInWords(state, reason)).toBe(words);
});
