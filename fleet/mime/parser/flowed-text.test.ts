import { expect, test } from "vitest";
import { unflow } from "./flowed-text.ts";

const TEXTS: [what: string, flowed: string, text: string][] = [
  ["nothing", "", ""],
  ["flowing lines", "one \r\ntwo \nthree\nfour", "one two three\nfour"],
  ["a space before a fixed line", "one \n\ntwo", "one\ntwo"],
  ["quoted lines that flow", "> one \n> two\n>\n> three", "> one two\n>\n> three"],
  ["quoted lines without a space", ">one \n>two", "> one two"],
  ["deeper quotations", "> one \n>> two \n>> three \nanswer", "> one\n>> two three\nanswer"],
  ["a shallower quotation", ">> one \n> two", ">> one\n> two"],
  ["a signature", "one \n-- \nAnn \nExample", "one\n-- \nAnn Example"],
  ["a quoted signature", "> one \n> -- \n> Ann \nanswer", "> one\n> -- \n> Ann\nanswer"],
  ["stuffed lines", " From here\n  indented\n > no quote", "From here\n indented\n> no quote"],
  ["a stuffed line that goes on", "one \n  two", "one  two"],
  ["marks apart", "> > one \n> > two", "> > one > two"],
  ["a space at its end", "one ", "one"],
];

test.each(TEXTS)("unflow() of %s", (_what, flowed, text) => {
  expect(unflow(flowed, false).text).toBe(text);
});

test("with DelSp=yes the space before a break is removed", () => {
  expect(unflow("> Donau \n> dampf\nschiff  \nfahrt", true).text).toBe(
    "> Donaudampf\nschiff fahrt",
  );
});

test("lines of the writer that begin with a mark are distinguished from quoted ones", () => {
  expect(unflow("> a \n> b\n > 5 is \nmore\n>c", false).ownLines).toEqual(new Set([1]));
});
