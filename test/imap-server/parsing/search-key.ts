import { canonicalFlag } from "./flags.ts";
import type { Scanner } from "./scanner.ts";
import type { SequenceSet } from "./sequence-set.ts";
import { MONTHS } from "../sessions/wire.ts";

export type DateTest = "before" | "on" | "since";

/**
 * `day` is a date as a number, for example 20260131. SEARCH ignores time and zone (RFC 3501,
 * section 6.4.4).
 */
export type SearchKey =
  | { key: "all" }
  | { key: "sequence" | "uid"; set: SequenceSet }
  | { key: "flag"; flag: string; present: boolean }
  | { key: "internal-date" | "sent-date"; test: DateTest; day: number }
  | { key: "header"; name: string; value: string }
  | { key: "body" | "text"; value: string }
  | { key: "size"; test: "larger" | "smaller"; bytes: number }
  | { key: "gmail-message" | "gmail-thread"; id: string }
  | { key: "not"; operand: SearchKey }
  | { key: "or"; operands: [SearchKey, SearchKey] }
  | { key: "and"; operands: SearchKey[] };

const SYSTEM_FLAGS = ["ANSWERED", "DELETED", "DRAFT", "FLAGGED", "RECENT", "SEEN"];
const HEADERS = ["BCC", "CC", "FROM", "SUBJECT", "TO"];

/**
 * Parses one or more keys up to the end of the command. The result matches a mail only if all of
 * these keys match it.
 */
export function parseSearchKeys(scanner: Scanner): SearchKey {
  const operands = [parseSearchKey(scanner)];
  while (scanner.take(" ")) operands.push(parseSearchKey(scanner));
  return { key: "and", operands };
}

function parseSearchKey(scanner: Scanner): SearchKey {
  if (scanner.take("(")) {
    const inner = parseSearchKeys(scanner);
    scanner.expect(")");
    return inner;
  }
  const set = scanner.trySequenceSet();
  if (set) return { key: "sequence", set };
  const name = scanner.atom().toUpperCase();
  return parseFlagKey(name) ?? parseKeyWithArgument(scanner, name);
}

function parseFlagKey(name: string): SearchKey | undefined {
  if (name === "ALL") return { key: "all" };
  if (name === "OLD") return flagKey("RECENT", false);
  if (name === "NEW")
    return { key: "and", operands: [flagKey("RECENT", true), flagKey("SEEN", false)] };
  if (SYSTEM_FLAGS.includes(name)) return flagKey(name, true);
  const negated = name.startsWith("UN") ? name.slice(2) : "";
  return SYSTEM_FLAGS.includes(negated) ? flagKey(negated, false) : undefined;
}

function parseKeyWithArgument(scanner: Scanner, name: string): SearchKey {
  scanner.space();
  const dateTest = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name);
  if (dateTest) {
    const key = dateTest[1] ? "sent-date" : "internal-date";
    return { key, test: dateTest[2]?.toLowerCase() as DateTest, day: parseDay(scanner) };
  }
  if (HEADERS.includes(name)) return { key: "header", name, value: scanner.astring() };
  switch (name) {
    case "UID":
      return { key: "uid", set: scanner.sequenceSet() };
    case "KEYWORD":
    case "UNKEYWORD":
      return { key: "flag", flag: canonicalFlag(scanner.flag()), present: name === "KEYWORD" };
    case "HEADER": {
      const header = scanner.astring();
      scanner.space();
      return { key: "header", name: header, value: scanner.astring() };
    }
    case "BODY":
      return { key: "body", value: scanner.astring() };
    case "TEXT":
      return { key: "text", value: scanner.astring() };
    case "LARGER":
      return { key: "size", test: "larger", bytes: scanner.number() };
    case "SMALLER":
      return { key: "size", test: "smaller", bytes: scanner.number() };
    case "X-GM-MSGID":
      return { key: "gmail-message", id: scanner.astring() };
    case "X-GM-THRID":
      return { key: "gmail-thread", id: scanner.astring() };
    case "NOT":
      return { key: "not", operand: parseSearchKey(scanner) };
    case "OR": {
      const left = parseSearchKey(scanner);
      scanner.space();
      return { key: "or", operands: [left, parseSearchKey(scanner)] };
    }
    default:
      return scanner.fail("a search key");
  }
}

function flagKey(name: string, present: boolean): SearchKey {
  return { key: "flag", flag: canonicalFlag(`\\${name}`), present };
}

/** Parses `1-Feb-2026`, possibly quoted. */
function parseDay(scanner: Scanner): number {
  const [, day, month = "", year] = /^(\d{1,2})-(\w{3})-(\d{4})$/.exec(scanner.astring()) ?? [];
  const monthIndex = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  if (day === undefined || monthIndex === -1) return scanner.fail("a date");
  return Number(year) * 10_000 + (monthIndex + 1) * 100 + Number(day);
}
