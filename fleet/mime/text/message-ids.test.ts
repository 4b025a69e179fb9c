import { expect, test } from "vitest";
import { parseMessageId, parseMessageIds } from "./message-ids.ts";

const LISTS: [header: string, ids: string[]][] = [
  ["", []],
  ["<1@a> <2@a>", ["<1@a>", "<2@a>"]],
  ["<1@a><2@a>,<3@a>;<4@a>", ["<1@a>", "<2@a>", "<3@a>", "<4@a>"]],
  ["<1@a> <or ig@a> <long\t.id@a>", ["<1@a>", "<orig@a>", "<long.id@a>"]],
  ["1@a 2@a", ["1@a", "2@a"]],
  ["1234567", ["1234567"]],
  ["<1234567> x", ["<1234567>"]],
  ["<1@a> garbage 2@a", ["<1@a>", "2@a"]],
  ["Your message of Monday <1@a>", ["<1@a>"]],
  ['"Ann <ann@a>" <1@a>', ["<ann@a>", "<1@a>"]],
  ["<1@a> (a comment (with 2@a in it)) <3@a>", ["<1@a>", "<3@a>"]],
  ["<1@a> <2@a", ["<1@a>", "2@a"]],
  ["<> <1@a>", ["<1@a>"]],
  ["=?utf-8?Q?=3C1=40a=3E?=", ["<1@a>"]],
];

test.each(LISTS)("the message ids of %j are %j", (header, ids) => {
  expect(parseMessageIds(header)).toEqual(ids);
});

const SINGLE: [header: string, id: string | null][] = [
  ["", null],
  [" ", null],
  ["<1@a>", "<1@a>"],
  ["<1@a> (Ann's message)", "<1@a>"],
  ["<very.long @a>", "<very.long@a>"],
  ["<1@a> <2@a>", "<1@a> <2@a>"],
  ["1234567", "1234567"],
  ["no id at all", "no id at all"],
];

test.each(SINGLE)("as one string %j is %j", (header, id) => {
  expect(parseMessageId(header)).toBe(id);
});
