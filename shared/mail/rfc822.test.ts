import { expect, test } from "vitest";
import { rfc822Text, sha1Hex } from "./rfc822.ts";

const cases: [name: string, bytes: number[], text: string][] = [
  ["decodes UTF-8", [0x67, 0x72, 0xc3, 0xbc, 0x6e], "grün"],
  ["replaces a Latin-1 byte", [0x67, 0x72, 0xfc, 0x6e], "gr\ufffdn"],
  ["replaces a sequence that is cut off", [0x61, 0xe2, 0x82], "a\ufffd"],
  ["keeps a byte order mark", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["keeps line ends as they are", [0x61, 0x0d, 0x0a, 0x62, 0x0a], "a\r\nb\n"],
  ["gives an empty text for an empty mail", [], ""],
];

test.each(cases)("rfc822Text() %s", (_name, bytes, text) => {
  expect(rfc822Text(Uint8Array.from(bytes))).toBe(text);
});

test("sha1Hex() is the hex SHA-1 of the text's UTF-8", () => {
  expect(sha1Hex("")).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
  expect(sha1Hex("grün")).toBe("bbbb29c05fe80b397ad394a3f490cef7f4bba376");
});
