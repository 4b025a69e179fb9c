import { expect, test } from "vitest";
import { decryptGibberish, isEncrypted } from "./gibberish.ts";

/**
 * Pairs of a secret and its encrypted text. The encrypted texts were created with
 * `openssl enc -aes-256-cbc -md md5 -a -k superimap-key`.
 */
const ENCRYPTED = [
  ["correct horse", "U2FsdGVkX1/eLR/Nlq/DpI+eCXgnbR+u1gGRZjPsRhQ=\n"],
  ['pass "1" ü', "U2FsdGVkX19x0fGRTlwXyqcIWNP/eVZicditnDVOeYM=\n"],
  [
    "1/a-long-refresh-token-of-more-than-forty-eight-characters-so-that-base64-is-wrapped",
    "U2FsdGVkX1/1zxholV/EMgTVM43Rd+UUvSLJC0Ua8YWDKZuKocOvGIqJt3Xqg5M7\n" +
      "9SC9q4mA1C99TCMiLdBAEbRB6QgN95hPHuUb50mOerpjz40f1KUIprqRI92Qqoqx\n" +
      "YoOs0Z7Pd3XRS/Jke0frfQ==\n",
  ],
] as const;

test.each(ENCRYPTED)("%j is decrypted with its key, and with no other", (secret, text) => {
  expect(isEncrypted(text)).toBe(true);
  expect(decryptGibberish(text, "superimap-key")).toBe(secret);
  for (let n = 0; n < 1_000; n++) expect(decryptGibberish(text, `other-${n}`)).toBeNull();
});

test.each(["", "U2FsdGVkX1", "U2FsdGVkX1/eLR/Nlq/DpI+eCXgn", "U2FsdGVkX1/eLR/Nlq/DpI+eCXgnbR8="])(
  "%j, which is cut short, is not",
  (text) => expect(decryptGibberish(text, "superimap-key")).toBeNull(),
);

test.each(["", "hunter2", "1/refresh-token", "U2Fsd"])("%j is not encrypted", (text) =>
  expect(isEncrypted(text)).toBe(false),
);
