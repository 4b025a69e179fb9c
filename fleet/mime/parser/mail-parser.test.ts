import { expect, test } from "vitest";
import { parseMail } from "./mail-parser.ts";

const HEAD = "From: ann@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
const parse = (text: string) => parseMail(new TextEncoder().encode(text));

const EXCESSES: [what: string, text: string, fault: string][] = [
  ["lines", "\n".repeat(150_001), "found 150001 lines, wanted at most 150000"],
  ["parts", HEAD + "--b\r\n".repeat(20_001), "found 20001 lines that may begin a part"],
  ["bytes of headers", `X: ${"a".repeat(786_432)}\r\n\r\n`, "Maximum header size"],
  [
    "levels",
    Array.from(
      { length: 70 },
      (_, n) => `Content-Type: multipart/mixed; boundary=a${n}\r\n\r\n--a${n}\r\n`,
    ).join(""),
    "Maximum MIME nesting depth",
  ],
];

test.each(EXCESSES)("a mail of too many %s is refused", async (_what, text, fault) => {
  await expect(parse(text)).rejects.toThrow(fault);
});

test("text and HTML each come from their own parts", async () => {
  const part = (type: string, text: string) =>
    `--b\r\nContent-Type: text/${type}\r\n\r\n${text}\r\n`;
  const parts = [part("plain", "one"), part("html", "<p>two</p>"), part("plain", "three")];
  const { text, html } = await parse(`${HEAD}${parts.join("")}--b--\r\n`);
  expect({ text, html }).toEqual({ text: "one\n\nthree\n", html: "<p>two</p>\n" });
});

test("HTML that would keep postal-mime busy for hours is read quickly", async () => {
  const hostile = `--b\r\nContent-Type: text/html\r\n\r\n${'<a href="'.repeat(100_000)}\r\n`;
  const { text, html } = await parse(`${HEAD}--b\r\n\r\none\r\n${hostile}--b--\r\n`);
  expect(text).toBe("one\n");
  expect(html).toHaveLength(900_001);
});
