import { expect, test } from "vitest";
import { decodeText, findEncoding } from "./charset.ts";

const NAMES: [charset: string, encoding: string | null][] = [
  ["utf-8", "utf-8"],
  ["UTF8", "utf-8"],
  ["utf8mb4", "utf-8"],
  ["UTF-8-MAC", "utf-8"],
  ["'utf-8'", "utf-8"],
  ['\\"utf-8\\"', "utf-8"],
  ["3DUTF-8", "utf-8"],
  ["utf-8,", "utf-8"],
  ["utf-8; format=flowed", "utf-8"],
  ["charset=utf-8", "utf-8"],
  ["x-utf-8", "utf-8"],
  ["cp65001", "utf-8"],
  ["3Diso-8859-1", "windows-1252"],
  ["iso8859_15", "iso-8859-15"],
  ["ISO_8859-1:1987", "windows-1252"],
  ["iso-8859-11", "windows-874"],
  ["iso-8859-8-i", "iso-8859-8"],
  ["8859-2", "iso-8859-2"],
  ["iso-8859-12", null],
  ["iso-8859-17", null],
  ["latin-1", "windows-1252"],
  ["Latin9", "iso-8859-15"],
  ["l11", null],
  ["win-1251", "windows-1251"],
  ["windows1252", "windows-1252"],
  ["cp-1250", "windows-1250"],
  ["1257", "windows-1257"],
  ["ms936", "gbk"],
  ["ansi1252", "windows-1252"],
  ["windows-28605", "iso-8859-15"],
  ["x-sjis", "shift_jis"],
  ["x-ms-cp932", "shift_jis"],
  ["MS_Kanji", "shift_jis"],
  ["csISO2022JP", "iso-2022-jp"],
  ["ks_c_5601-1987", "euc-kr"],
  ["gb2312", "gbk"],
  ["KOI8-R", "koi8-r"],
  ["x-mac-roman", "macintosh"],
  ["us-ascii", null],
  ["default", null],
  ["x-unknown", null],
  ["unknown-8bit", null],
  ["x-user-defined", null],
  ["binary", null],
  ["none", null],
  ["constructor", null],
  ["", null],
  ["é", null],
];

test.each(NAMES)("the charset %j means %j", (charset, encoding) => {
  expect(findEncoding(charset)).toBe(encoding);
});

const TEXTS: [charset: string | undefined, bytes: number[], text: string][] = [
  ["x-unknown", [0xc3, 0xbc], "ü"],
  ["x-unknown", [0xfc, 0x80], "ü€"],
  ["us-ascii", [0xc3, 0xbc], "ü"],
  ["us-ascii", [0x93, 0x61, 0x94], "“a”"],
  [undefined, [0xfc], "ü"],
  ["iso-8859-1", [0xc3, 0xbc], "Ã¼"],
  ["windows-1252", [0x80, 0x81, 0x9f], "€\u0081Ÿ"],
  ["utf-16", [0xfe, 0xff, 0x00, 0xfc], "ü"],
  ["utf-16", [0xff, 0xfe, 0xfc, 0x00], "ü"],
  ["utf-8", [0xfc], "\uFFFD"],
  ["iso-8859-16", [0xba], "ș"],
  ["big5", [0xa7, 0x41], "你"],
];

test.each(TEXTS)("in the charset %j the bytes %j are %j", (charset, bytes, text) => {
  expect(decodeText(Uint8Array.from(bytes), charset)).toBe(text);
  expect(decodeText(Uint8Array.from(bytes).buffer, charset)).toBe(text);
});
