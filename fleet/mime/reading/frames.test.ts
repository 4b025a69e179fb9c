import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { createFrameReader, encodeFrame } from "./frames.ts";

test.each([1, 3, 4, 5, 1_000])("frames come out of pieces of %d bytes as they went in", (size) => {
  const texts = ["", "a", "bc".repeat(300), "", "d"];
  const bytes = Buffer.concat(texts.flatMap((text) => encodeFrame(Buffer.from(text))));
  const found: string[] = [];
  const read = createFrameReader((frame) => found.push(frame.toString()));
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(found).toEqual(texts);
});

test("a frame of several parts is read as one", () => {
  const found: string[] = [];
  const read = createFrameReader((frame) => found.push(frame.toString()));
  for (const part of encodeFrame(Buffer.from("ab"), Buffer.from("c"))) read(part);
  expect(found).toEqual(["abc"]);
});
