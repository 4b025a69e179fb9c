import { expect, test } from "vitest";
import type { ImapCommand } from "./command.ts";
import { commandTag, parseCommand } from "./command-parser.ts";

const one = [{ first: 1, last: 1 }];
const fromSeven = [{ first: 7, last: undefined }];

const cases: [text: string, expected: ImapCommand][] = [
  ["noop", { name: "NOOP" }],
  ['LOGIN alice {5}\r\np "w"', { name: "LOGIN", login: "alice", password: 'p "w"' }],
  ['LOGIN "a\\"b" c]d', { name: "LOGIN", login: 'a"b', password: "c]d" }],
  ["AUTHENTICATE plain", { name: "AUTHENTICATE", mechanism: "PLAIN", initialResponse: undefined }],
  [
    "AUTHENTICATE PLAIN AGEA",
    { name: "AUTHENTICATE", mechanism: "PLAIN", initialResponse: "AGEA" },
  ],
  ['ID ("name" "x" "os" NIL)', { name: "ID" }],
  ["ID NIL", { name: "ID" }],
  ['LIST "" *', { name: "LIST", reference: "", patterns: ["*"], onlySpecialUse: false }],
  [
    'LIST (SPECIAL-USE) "" ("INBOX" A/%) RETURN (SPECIAL-USE CHILDREN)',
    { name: "LIST", reference: "", patterns: ["INBOX", "A/%"], onlySpecialUse: true },
  ],
  [
    "STATUS INBOX (messages UIDNEXT)",
    { name: "STATUS", mailbox: "INBOX", items: ["MESSAGES", "UIDNEXT"] },
  ],
  ['EXAMINE "[Gmail]/All Mail"', { name: "EXAMINE", mailbox: "[Gmail]/All Mail" }],
  ["UID EXPUNGE 1", { name: "EXPUNGE", uids: one }],
  [
    "FETCH 1 FAST",
    {
      name: "FETCH",
      messages: { by: "sequence", set: one },
      items: [{ name: "FLAGS" }, { name: "INTERNALDATE" }, { name: "RFC822.SIZE" }],
    },
  ],
  [
    "UID FETCH 7:* (UID BODY.PEEK[HEADER.FIELDS (Date From)] BODY[]<10.20> BODY[1.2.MIME])",
    {
      name: "FETCH",
      messages: { by: "uid", set: fromSeven },
      items: [
        { name: "UID" },
        {
          name: "section",
          label: "BODY[HEADER.FIELDS (DATE FROM)]",
          part: [],
          text: { kind: "header-fields", names: ["DATE", "FROM"], inverted: false },
          peek: true,
        },
        {
          name: "section",
          label: "BODY[]<10>",
          part: [],
          text: { kind: "all" },
          peek: false,
          partial: { offset: 10, length: 20 },
        },
        {
          name: "section",
          label: "BODY[1.2.MIME]",
          part: [1, 2],
          text: { kind: "mime" },
          peek: false,
        },
      ],
    },
  ],
  [
    "STORE 1 +FLAGS.SILENT (\\seen \\Recent kept)",
    {
      name: "STORE",
      messages: { by: "sequence", set: one },
      change: { action: "add", silent: true, flags: ["\\Seen", "kept"] },
    },
  ],
  [
    'APPEND INBOX (\\Seen) " 1-Feb-2026 12:00:00 +0130" {4+}\r\n\xe4\r\n\x00',
    {
      name: "APPEND",
      mailbox: "INBOX",
      flags: ["\\Seen"],
      internalDate: Date.UTC(2026, 1, 1, 10, 30),
      raw: Buffer.from([0xe4, 0x0d, 0x0a, 0x00]),
    },
  ],
  [
    'UID SEARCH CHARSET UTF-8 SINCE 1-Feb-2026 NOT (UNSEEN OR FROM "a b" UID 7:*)',
    {
      name: "SEARCH",
      answer: "uid",
      charset: "UTF-8",
      key: {
        key: "and",
        operands: [
          { key: "internal-date", test: "since", day: 20_260_201 },
          {
            key: "not",
            operand: {
              key: "and",
              operands: [
                { key: "flag", flag: "\\Seen", present: false },
                {
                  key: "or",
                  operands: [
                    { key: "header", name: "FROM", value: "a b" },
                    { key: "uid", set: fromSeven },
                  ],
                },
              ],
            },
          },
        ],
      },
    },
  ],
];

test.each(cases)("parseCommand() reads %j", (text, expected) => {
  expect(parseCommand(text)).toEqual(expected);
});

test.each([
  ["", "Expected an atom at byte 0"],
  ["FROBNICATE 1", "Expected a known command at byte 11"],
  ["NOOP 1", "Expected the end of the command at byte 4"],
  ["LOGIN alice", 'Expected " " at byte 11'],
  ["FETCH 0 FLAGS", "Expected a sequence set at byte 7"],
  ["FETCH 1 (FLAGS", 'Expected " " at byte 14'],
  ["FETCH 1 BODY[MIME]", "Expected a section at byte 17"],
  ["SEARCH SINCE yesterday", "Expected a date at byte 22"],
  ["UID NOOP", 'Expected " " at byte 8'],
  ["UID COPY 1 Sent", "Expected SEARCH, FETCH, STORE or EXPUNGE at byte 11"],
])("parseCommand() refuses %j", (text, message) => {
  expect(() => parseCommand(text)).toThrow(message);
});

test("commandTag() returns the text before the first space", () => {
  expect(commandTag("A1 NOOP")).toBe("A1");
  expect(commandTag("NOOP")).toBeUndefined();
  expect(commandTag("+ NOOP")).toBeUndefined();
});
