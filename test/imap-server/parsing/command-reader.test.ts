import { expect, test } from "vitest";
import { CommandReader, type ReaderInput } from "./command-reader.ts";

const cases: [name: string, stream: string, expected: string[]][] = [
  ["a line", "a NOOP\r\n", ["a NOOP"]],
  ["a line that ends in LF alone", "a NOOP\n", ["a NOOP"]],
  ["two lines", "a NOOP\r\nDONE\r\n", ["a NOOP", "DONE"]],
  ["an unfinished line", "a NOOP\r", []],
  ["a literal, for which it asks", "a X {3}\r\nb\r\n c\r\n", ["continue", "a X {3}\r\nb\r\n c"]],
  ["a literal sent at once", "a X {3+}\r\n\r\n. {0+}\r\n\r\n", ["a X {3+}\r\n\r\n. {0+}\r\n"]],
  ["a literal that is announced too large", "a X {99999999}\r\n", ["too-long"]],
  ["a line without an end", "a".repeat(70_000), ["too-long"]],
];

test.each(cases)("CommandReader cuts off %s, however it arrives", (_name, stream, expected) => {
  expect(inputs([stream])).toEqual(expected);
  if (stream.length < 1_000) expect(inputs(stream.split(""))).toEqual(expected);
});

function inputs(chunks: string[]): string[] {
  const reader = new CommandReader();
  return chunks.flatMap((chunk) => [...reader.push(Buffer.from(chunk, "latin1"))].map(shown));
}

function shown(input: ReaderInput): string {
  return input.kind === "command" ? input.bytes.toString("latin1") : input.kind;
}
