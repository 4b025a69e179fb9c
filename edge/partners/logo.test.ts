import { Buffer } from "node:buffer";
import * as v from "valibot";
import { expect, test } from "vitest";
import { logo, MAX_LOGO_BYTES } from "./logo.ts";

const u16 = (value: number) => [value >> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const text = (value: string) => [...Buffer.from(value)];
const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString("base64");

const png = (width: number, height: number) => [
  ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
  ...[...u32(13), ...text("IHDR"), ...u32(width), ...u32(height), 8, 6, 0, 0, 0],
];
const jpeg = (width: number, height: number) => [
  ...[0xff, 0xd8, 0xff, 0xe0, ...u16(4), 0, 0],
  ...[0xff, 0xc4, ...u16(3), 0],
  ...[0xff, 0xc2, ...u16(17), 8, ...u16(height), ...u16(width)],
];
const webp = (chunk: string, header: readonly number[]) => [
  ...[...text("RIFF"), 0, 0, 0, 0, ...text("WEBP"), ...text(chunk), 0, 0, 0, 0, ...header],
];
const VP8 = webp("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 200, 0, 100, 0]);
const VP8L = webp("VP8L", [0x2f, 199, (99 & 3) << 6, 99 >> 2, 0]);
const VP8X = webp("VP8X", [0, 0, 0, 0, 199, 0, 0, 99, 0, 0, 0]);

test.each([
  ["PNG", "image/png", png(200, 100)],
  ["JPEG", "image/jpeg", jpeg(200, 100)],
  ["WebP", "image/webp", VP8],
  ["lossless WebP", "image/webp", VP8L],
  ["extended WebP", "image/webp", VP8X],
])("a logo may be a %s", (_what, type, bytes) => {
  const read = v.safeParse(logo, base64(bytes));
  expect(read).toMatchObject({
    success: true,
    output: { type, base64: base64(bytes), digest: expect.stringMatching(/^[\w-]{22}$/) },
  });
});

const TYPE = "must be a PNG, JPEG or WebP image in base64";
const SIDE = "must be an image of at most 1024 by 1024 pixels";

test.each([
  ["an SVG", base64(text("<svg xmlns='http://www.w3.org/2000/svg'/>")), TYPE],
  ["a GIF", base64(text("GIF89a......................")), TYPE],
  ["text that is no base64", "@@@@", TYPE],
  ["an empty text", "", TYPE],
  ["a PNG that ends in its header", base64(png(200, 100).slice(0, 20)), TYPE],
  ["a JPEG without a size", base64(jpeg(1, 1).slice(0, 12)), TYPE],
  ["a JPEG that is no more than a marker", base64([0xff, 0xd8]), TYPE],
  ["a PNG that is too wide", base64(png(1_025, 1)), SIDE],
  ["a PNG that is far too high", base64(png(1, 4_000_000_000)), SIDE],
  ["a JPEG without pixels", base64(jpeg(0, 0)), SIDE],
  ["a WebP that is too wide", base64(webp("VP8X", [0, 0, 0, 0, 0, 4, 0, 99, 0, 0, 0])), SIDE],
  ["a large file", base64(Array(MAX_LOGO_BYTES + 3).fill(0)), "must be an image of at most 40 KiB"],
])("%s is no logo", (_what, given, message) => {
  expect(v.safeParse(logo, given).issues?.[0].message).toBe(message);
});
