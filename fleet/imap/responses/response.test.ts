import { expect, test } from "vitest";
import { readResponse, type Response } from "./response.ts";

const read = (line: string, ...literals: string[]) =>
  readResponse({ line, literals: literals.map((text) => new TextEncoder().encode(text)) });

const CASES: [line: string, expected: Response][] = [
  ["* 5 EXISTS", { kind: "exists", count: 5 }],
  ["* 4294967295 exists", { kind: "exists", count: 4_294_967_295 }],
  ["* 3 EXPUNGE", { kind: "expunge" }],
  ["* 3 RECENT", { kind: "other", name: "RECENT" }],
  ["* OK still here", { kind: "status", status: "OK", code: null, text: "still here" }],
  ["* OK", { kind: "status", status: "OK", code: null, text: "" }],
  [
    "* OK [UIDVALIDITY 7] UIDs valid",
    {
      kind: "status",
      status: "OK",
      code: { name: "UIDVALIDITY", argument: "7" },
      text: "UIDs valid",
    },
  ],
  [
    "* bye [UNAVAILABLE] gone",
    { kind: "status", status: "BYE", code: { name: "UNAVAILABLE", argument: "" }, text: "gone" },
  ],
  ["+ idling", { kind: "continuation" }],
  ["+", { kind: "continuation" }],
  ["A7 OK done", { kind: "tagged", tag: "A7", result: "OK", code: null, text: "done" }],
  [
    "A7 NO [MESSAGELIMIT 1000 4711] too many",
    {
      kind: "tagged",
      tag: "A7",
      result: "NO",
      code: { name: "MESSAGELIMIT", argument: "1000 4711" },
      text: "too many",
    },
  ],
  ["A7 bad", { kind: "tagged", tag: "A7", result: "BAD", code: null, text: "" }],
  ["* SEARCH", { kind: "search", uids: [] }],
  [
    "* SEARCH 2 3 4 9 1 (MODSEQ 5)",
    {
      kind: "search",
      uids: [
        { first: 2, last: 4 },
        { first: 9, last: 9 },
        { first: 1, last: 1 },
      ],
    },
  ],
  [
    '* ESEARCH (TAG "A1") UID ALL 7:2,9',
    {
      kind: "search",
      uids: [
        { first: 2, last: 7 },
        { first: 9, last: 9 },
      ],
    },
  ],
  ['* ESEARCH (TAG "A1") UID COUNT 0', { kind: "search", uids: [] }],
  ["* ESEARCH ALL 1:4294967295", { kind: "search", uids: [{ first: 1, last: 4_294_967_295 }] }],
  ["* CAPABILITY IMAP4rev1", { kind: "other", name: "CAPABILITY" }],
  ["* FLAGS (\\Seen)", { kind: "other", name: "FLAGS" }],
];

test.each(CASES)("%s", (line, expected) => {
  expect(read(line)).toEqual(expected);
});

test("FETCH has its items by name, without the range of a part", () => {
  const line =
    '* 1 FETCH (uid 7  FLAGS (\\Seen $x) RFC822.SIZE 5 INTERNALDATE "17-Jul-1996 02:44:25 -0700" BODY[HEADER.FIELDS (TO CC)] NIL BODY[]<0> {5} X "a\\"b\\\\")';
  const response = read(line, "abcde");
  expect(response).toMatchObject({ kind: "fetch" });
  expect(response.kind === "fetch" && [...response.items]).toEqual([
    ["UID", "7"],
    ["FLAGS", ["\\Seen", "$x"]],
    ["RFC822.SIZE", "5"],
    ["INTERNALDATE", "17-Jul-1996 02:44:25 -0700"],
    ["BODY[HEADER.FIELDS (TO CC)]", null],
    ["BODY[]", new TextEncoder().encode("abcde")],
    ["X", 'a"b\\'],
  ]);
});

test.each([
  "",
  " ",
  "*",
  "* ",
  "hello",
  "\x01\x02 hello",
  "* 1 FETCH",
  "* 1 FETCH (UID",
  "* 1 FETCH (UID 7",
  '* 1 FETCH (X "abc)',
  "* 1 FETCH (BODY[] {5})",
  `* 1 FETCH (X ${"(".repeat(60)}`,
  `* 1 FETCH (X (${"1 ".repeat(10_001)}))`,
  "* SEARCH 1 x",
  "* SEARCH 0",
  "* SEARCH 4294967296",
  "* ESEARCH UID ALL 1:x",
  "* ESEARCH UID ALL 0",
  `* ${"x".repeat(65)}`,
])("what cannot be read is said to be so: %j", (line) => {
  expect(read(line).kind).toBe("unreadable");
});
