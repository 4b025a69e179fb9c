import * as v from "valibot";
import { expect, test } from "vitest";
import { line } from "./text.ts";

test.each([
  ["a mark that turns the text around", "invoice\u202efdp.exe"],
  ["an isolate", "a\u2066b"],
  ["a mark of direction", "a\u200fb"],
  ["a line separator", "a\u2028b"],
  ["a byte order mark within", "a\ufeffb"],
  ["a line break", "a\r\nb"],
  ["NUL", "a\0b"],
  ["half a character", "a\ud800b"],
])("a line does not take %s", (_what, text) => {
  expect(v.is(line(255), text)).toBe(false);
});

test.each(["customer-17", "שלום", "سلام", "می\u200cخواهم", "👩\u200d💻", "日本 語"])(
  "a line takes %s",
  (text) => {
    expect(v.parse(line(255), text)).toBe(text);
  },
);
