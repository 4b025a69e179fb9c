import { expect, test } from "vitest";
import { chooseEncoding, isCompressible } from "./compression.ts";

test.each([
  [undefined, undefined],
  ["", undefined],
  ["gzip, deflate, br, zstd", "br"],
  ["gzip", "gzip"],
  ["br;q=0, gzip;q=0.5", "gzip"],
  ["*", "br"],
  ["*;q=0", undefined],
  ["identity", undefined],
  ["GZIP;Q=1", "gzip"],
  ["br;q=nonsense", undefined],
])("for Accept-Encoding %j the encoding is %s", (accepted, encoding) => {
  expect(chooseEncoding(accepted)).toBe(encoding);
});

test.each([
  ["application/json", true],
  ["application/problem+json", true],
  ["text/html; charset=utf-8", true],
  ["text/javascript", true],
  ["image/svg+xml", true],
  ["image/png", false],
  ["message/rfc822", false],
  ["", false],
])("an answer of the type %j is compressible: %s", (type, wanted) => {
  expect(isCompressible(type, 2_000)).toBe(wanted);
  expect(isCompressible(type, 100)).toBe(false);
});
