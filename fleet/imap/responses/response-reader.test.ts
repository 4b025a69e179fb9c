import { expect, test } from "vitest";
import { type RawResponse, ResponseReader } from "./response-reader.ts";

const LIMITS = { lineBytes: 100, literalBytes: 50, responseBytes: 200 };

const toBytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Reads the pieces one after another, until a limit is exceeded. */
function readAll(pieces: readonly string[], limits = LIMITS) {
  const reader = new ResponseReader(limits);
  const responses: RawResponse[] = [];
  for (const piece of pieces) {
    const excess = reader.read(toBytes(piece), (response) => responses.push(response));
    if (excess !== null) return { responses, excess, reader };
  }
  return { responses, excess: null, reader };
}

const literals = (response: RawResponse | undefined) =>
  response?.literals.map((literal) => String.fromCharCode(...literal));

test("a response is the same however it arrives in pieces", () => {
  const text = '* 1 FETCH (UID 7 BODY[] {5}\r\nab\r\nc FLAGS ("\xe9") X {0}\r\n)\r\n* 2 EXISTS\r\n';
  const whole = readAll([text]).responses;
  expect(whole.map(({ line }) => line)).toEqual([
    '* 1 FETCH (UID 7 BODY[] {5} FLAGS ("\xe9") X {0})',
    "* 2 EXISTS",
  ]);
  expect(literals(whole[0])).toEqual(["ab\r\nc", ""]);
  for (let size = 1; size < text.length; size++) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    expect(readAll(pieces).responses).toEqual(whole);
  }
});

test("a line may end in LF alone", () => {
  expect(readAll(["* OK\n* BYE\r\n"]).responses.map(({ line }) => line)).toEqual(["* OK", "* BYE"]);
});

test("a literal of RFC 7888 is one as well", () => {
  expect(literals(readAll(["* X {3+}\r\nabc\r\n"]).responses[0])).toEqual(["abc"]);
});

test.each(["* OK it costs {5}", "a1 NO {3}", "+ {7}", "* bye {99999}"])(
  "the text of a status is no literal: %s",
  (line) => {
    expect(readAll([`${line}\r\n* 1 EXISTS\r\n`]).responses).toEqual([
      { line, literals: [] },
      { line: "* 1 EXISTS", literals: [] },
    ]);
  },
);

test.each([
  ["lineBytes", "x".repeat(101)],
  ["lineBytes", `* ${"x".repeat(100)}\r\n`],
  ["literalBytes", "* X {51}\r\n"],
  ["literalBytes", "* X {99999999999999999999}\r\n"],
  ["responseBytes", `* X${` {40}\r\n${"y".repeat(40)}`.repeat(5)}`],
])("a response beyond %s is refused, whole or in pieces", (limit, text) => {
  expect(readAll([text]).excess).toBe(limit);
  expect(readAll(text.split("")).excess).toBe(limit);
});

test("between two responses nothing is kept", () => {
  const { reader } = readAll(["* 1 EXISTS\r\n"]);
  expect(reader.isEmpty).toBe(true);
  reader.read(toBytes("* 2"), () => undefined);
  expect(reader.isEmpty).toBe(false);
});

test("what was read does not change with the chunk that it came in", () => {
  const reader = new ResponseReader(LIMITS);
  const chunk = toBytes("* X {3}\r\nab");
  reader.read(chunk, () => undefined);
  chunk.fill(0);
  const responses: RawResponse[] = [];
  reader.read(toBytes("c\r\n"), (response) => responses.push(response));
  expect([responses[0]?.line, literals(responses[0])]).toEqual(["* X {3}", ["abc"]]);
});
