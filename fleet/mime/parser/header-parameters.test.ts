import { expect, test } from "vitest";
import { mendParameters, parseMediaType } from "./header-parameters.ts";

const HEADERS: [header: string, mended: string][] = [
  ["", ""],
  ["text/plain; charset=us-ascii (Plain text)", "text/plain; charset=us-ascii (Plain text)"],
  ["text/plain charset=utf-8", "text/plain; charset=utf-8"],
  ["text/html, charset=utf-8", "text/html; charset=utf-8"],
  ["attachment filename=a.txt", 'attachment; filename="a.txt"'],
  ["attachment; filename=my file (1).bin", 'attachment; filename="my file (1).bin"'],
  [
    "attachment; size=3; filename = a(b) c.txt ; x=y",
    'attachment; size=3; filename ="a(b) c.txt"; x=y',
  ],
  ['attachment; filename="a;b (c).txt" (comment)', 'attachment; filename="a;b (c).txt" (comment)'],
  ["x/y; name=C:\\a (b)\\c.txt", 'x/y; name="C:\\\\a (b)\\\\c.txt"'],
  ["x/y; filename*0=a (1; filename*1=).txt", 'x/y; filename*0="a (1"; filename*1=").txt"'],
  ['attachment; filename="a; b', 'attachment; filename="a; b'],
];

test.each(HEADERS)("mendParameters() of %j is %j", (header, mended) => {
  expect(mendParameters(header)).toBe(mended);
});

const TYPES: [value: string, type: string][] = [
  ["text/html", "text/html"],
  ["text/html utf-8", "text/html"],
  ["application/x-a+b.c", "application/x-a+b.c"],
  ["text", "text/plain"],
  ["text/", "text/plain"],
  ["/plain", "text/plain"],
  ["html", "text/plain"],
  ["utf-8", "text/plain"],
  ["multipart", "text/plain"],
  ["application", "application/octet-stream"],
  ["image/", "application/octet-stream"],
];

test.each(TYPES)("the Content-Type %j is read as %j", (value, type) => {
  expect(parseMediaType(value, false)).toBe(type);
});

test("multipart without a subtype is read by its boundary", () => {
  expect(parseMediaType("multipart/", true)).toBe("multipart/mixed");
});
