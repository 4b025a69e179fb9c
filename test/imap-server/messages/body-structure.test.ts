import { expect, test } from "vitest";
import { formatBody, formatBodyStructure } from "./body-structure.ts";
import { findPart, parseMimePart } from "./mime-part.ts";

const MIXED = Buffer.from(
  [
    'Content-Type: multipart/mixed; boundary="a+b"',
    "",
    "preamble",
    "--a+b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "one",
    "--a+b",
    "Content-Type: message/rfc822",
    "",
    "Subject: inner",
    "",
    "two",
    "lines",
    "--a+b",
    "Content-Type: application/pdf; name=x.pdf",
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="x.pdf"',
    "",
    "AAAA",
    "--a+b--",
    "epilogue",
  ].join("\r\n"),
);

test("formatBodyStructure() describes the parts of a multipart", () => {
  expect(formatBodyStructure(parseMimePart(MIXED))).toBe(
    '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 3 0 NIL NIL)' +
      '("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ' +
      '("text" "plain" NIL NIL NIL "7bit" 10 1 NIL NIL) 3 NIL NIL)' +
      '("application" "pdf" ("name" "x.pdf") NIL NIL "base64" 4 NIL ("attachment" ("filename" "x.pdf")))' +
      ' "mixed" ("boundary" "a+b") NIL)',
  );
});

test("formatBody() has no extension data", () => {
  expect(formatBody(parseMimePart(Buffer.from("A: b\r\n\r\nx\r\n")))).toBe(
    '("text" "plain" NIL NIL NIL "7bit" 3 1)',
  );
});

test.each([
  [[1], "one"],
  [[2], "Subject: inner\r\n\r\ntwo\r\nlines"],
  [[2, 1], "two\r\nlines"],
  [[3], "AAAA"],
])("findPart() finds part %j", (numbers, body) => {
  expect(findPart(parseMimePart(MIXED), numbers)?.body.toString()).toBe(body);
});

test.each([[[4]], [[1, 2]], [[2, 2]]])("findPart() finds no part %j", (numbers) => {
  expect(findPart(parseMimePart(MIXED), numbers)).toBeUndefined();
});
