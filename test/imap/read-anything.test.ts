import { expect, test } from "vitest";
import { seededRandom } from "../imap-server/chaos/seeded-random.ts";
import { readResponse, type Response } from "../../fleet/imap/responses/response.ts";
import { type ReaderExcess, ResponseReader } from "../../fleet/imap/responses/response-reader.ts";

const LIMITS = { lineBytes: 2_000, literalBytes: 500, responseBytes: 5_000 };

/** Valid and invalid parts of responses. Random texts are composed of these parts. */
const PARTS = [
  "* ",
  "+ ",
  "A1 ",
  "OK ",
  "NO ",
  "BAD ",
  "BYE ",
  "1 ",
  "4294967295 ",
  "99999999999 ",
  "EXISTS",
  "EXPUNGE",
  "FETCH ",
  "SEARCH ",
  "ESEARCH ",
  "(",
  ")",
  '"',
  "\\",
  "[",
  "]",
  "{",
  "}",
  "{3}\r\n",
  "{0}\r\n",
  "{499+}\r\n",
  "{600}\r\n",
  "~{2}\r\n",
  "\r\n",
  "\n",
  "\r",
  " ",
  "NIL",
  "UID ",
  "ALL ",
  "1:5,7",
  "*",
  "BODY[]",
  "<0>",
  "FLAGS ",
  "\0",
  "\xff",
  "[UIDVALIDITY 7]",
  "abc",
];

const RUNS = 3_000;

function randomText(random: () => number): string {
  const length = 1 + Math.floor(random() * 60);
  return Array.from({ length }, () => PARTS[Math.floor(random() * PARTS.length)]).join("");
}

interface Read {
  responses: Response[];
  excess: ReaderExcess | null;
}

function readPieces(text: string, nextSize: () => number): Read {
  const reader = new ResponseReader(LIMITS);
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const responses: Response[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + nextSize();
    const excess = reader.read(bytes.subarray(start, end), (raw) =>
      responses.push(readResponse(raw)),
    );
    if (excess !== null) return { responses, excess };
    start = end;
  }
  return { responses, excess: null };
}

test("whatever arrives, in whatever pieces, is read without an error and always the same", () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = seededRandom(seed);
    const text = randomText(random);
    const whole = readPieces(text, () => text.length);
    const split = readPieces(text, () => 1 + Math.floor(random() * 7));
    expect(split, `seed ${seed}: ${JSON.stringify(text)}`).toEqual(whole);
    for (const { kind } of whole.responses) kinds.add(kind);
    if (whole.excess !== null) kinds.add(whole.excess);
  }
  // The random texts test enough only if each of these kinds occurs.
  for (const kind of ["unreadable", "tagged", "status", "continuation", "literalBytes"]) {
    expect([...kinds]).toContain(kind);
  }
});

test("random bytes are read without an error", () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const random = seededRandom(seed);
    const text = Array.from({ length: 200 }, () => String.fromCharCode(Math.floor(random() * 256)));
    expect(() => readPieces(text.join(""), () => 1 + Math.floor(random() * 50))).not.toThrow();
  }
});
