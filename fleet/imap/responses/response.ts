import type { RawResponse } from "./response-reader.ts";
import { readUidSet, type UidRange } from "./uid-set.ts";
import { toUint32 } from "./uint32.ts";
import { UnreadableResponse, type Value, ValueReader } from "./values.ts";

/** A response code (RFC 9051, 7.1), such as `[UIDVALIDITY 3857529045]`: a name and an argument. */
export interface ResponseCode {
  /** The name in upper case. */
  name: string;
  argument: string;
}

/** How a command ended (RFC 9051, 7.1). */
export type Result = "OK" | "NO" | "BAD";

/** A server's response, reduced to what an IdleWatch needs. */
export type Response =
  /** The end of the command with this tag. */
  | { kind: "tagged"; tag: string; result: Result; code: ResponseCode | null; text: string }
  | { kind: "status"; status: Result | "BYE" | "PREAUTH"; code: ResponseCode | null; text: string }
  /** `+`: the server waits for more (RFC 9051, 7.6). */
  | { kind: "continuation" }
  /** How many messages the mailbox holds. */
  | { kind: "exists"; count: number }
  /** One message was removed. */
  | { kind: "expunge" }
  /** The items of one message, by name. Names are in upper case; `BODY[]<0>` becomes `BODY[]`. */
  | { kind: "fetch"; items: ReadonlyMap<string, Value> }
  /** The UIDs that SEARCH found (RFC 9051, 7.3.4; RFC 3501, 7.2.5), in the server's order. */
  | { kind: "search"; uids: readonly UidRange[] }
  /** A response that is not needed, for example FLAGS or CAPABILITY. */
  | { kind: "other"; name: string }
  /** The response breaks the grammar or a limit, so its kind is unknown. */
  | { kind: "unreadable"; why: string };

/** The maximum length of a word. All words that this parser knows are shorter. */
const MAX_WORD = 64;
const MAX_TEXT = 500;
const CODE = /^\s*\[([^\s\]]{1,64})(?:\s([^\]]{0,1000}))?\]/;

/** Reads one response. Never throws: a response that cannot be read is `unreadable`. */
export function readResponse({ line, literals }: RawResponse): Response {
  try {
    if (line.startsWith("+")) return { kind: "continuation" };
    const [tag, afterTag] = splitWord(line, 0);
    const [word, after] = splitWord(line, afterTag);
    if (tag === "*")
      return readUntagged(word.toUpperCase(), new ValueReader(line, literals, after));
    const result = toResult(word.toUpperCase());
    if (result === null || tag === "") return unreadable("It is neither tagged nor untagged");
    return { kind: "tagged", tag, result, ...readText(line.slice(after)) };
  } catch (error) {
    if (error instanceof UnreadableResponse) return unreadable(error.message);
    throw error;
  }
}

const unreadable = (why: string): Response => ({ kind: "unreadable", why });

/** Returns the word that begins at `start`, and where the next one begins. */
function splitWord(line: string, start: number): [word: string, next: number] {
  const space = line.indexOf(" ", start);
  const end = space === -1 ? line.length : space;
  if (end - start > MAX_WORD) throw new UnreadableResponse("A word is too long");
  return [line.slice(start, end), end + 1];
}

function toResult(word: string): Result | null {
  return word === "OK" || word === "NO" || word === "BAD" ? word : null;
}

function readUntagged(word: string, values: ValueReader): Response {
  const result = toResult(word);
  if (result !== null) return { kind: "status", status: result, ...readText(values.rest) };
  switch (word) {
    case "BYE":
    case "PREAUTH":
      return { kind: "status", status: word, ...readText(values.rest) };
    case "SEARCH":
      return { kind: "search", uids: readFound(values) };
    case "ESEARCH":
      return { kind: "search", uids: readExtendedSearch(values) };
  }
  if (word === "") throw new UnreadableResponse("It is empty");
  const number = toUint32(word);
  return number === null ? { kind: "other", name: word } : readNumbered(number, values);
}

function readNumbered(number: number, values: ValueReader): Response {
  const name = values.readWord().toUpperCase();
  switch (name) {
    case "EXISTS":
      return { kind: "exists", count: number };
    case "EXPUNGE":
      return { kind: "expunge" };
    case "FETCH":
      values.skipSpaces();
      return { kind: "fetch", items: readItems(values) };
    default:
      return { kind: "other", name };
  }
}

/**
 * Reads the items of a FETCH. RFC 9051, 7.5.2: `(UID 7 BODY[]<0> {5} …)`. When an item comes twice,
 * the first counts.
 */
function readItems(values: ValueReader): Map<string, Value> {
  const items = new Map<string, Value>();
  if (!values.skip("(")) throw new UnreadableResponse("FETCH has no list");
  for (;;) {
    values.skipSpaces();
    if (values.skip(")")) return items;
    const name = values
      .readWord()
      .toUpperCase()
      .replace(/<\d{1,20}>$/, "");
    values.skipSpaces();
    const value = values.readValue();
    if (!items.has(name)) items.set(name, value);
  }
}

/**
 * Reads the answer to SEARCH: numbers (RFC 3501, 7.2.5). Extensions may add a list, such as
 * `(MODSEQ 917162500)` (RFC 7162, 3.1.5), which is ignored.
 */
function readFound(values: ValueReader): UidRange[] {
  const found: UidRange[] = [];
  for (values.skipSpaces(); !values.isAtEnd; values.skipSpaces()) {
    const value = values.readValue();
    if (typeof value === "string") addUid(found, value);
  }
  return found;
}

function addUid(found: UidRange[], text: string): void {
  const uid = toUint32(text);
  if (uid === null || uid === 0) throw new UnreadableResponse("SEARCH has a UID that is no UID");
  const last = found.at(-1);
  if (last?.last === uid - 1) last.last = uid;
  else found.push({ first: uid, last: uid });
}

/**
 * Reads the extended answer to SEARCH. RFC 9051, 7.3.4: `(TAG "A1") UID ALL 2,10:11`. Without ALL,
 * nothing was found.
 */
function readExtendedSearch(values: ValueReader): UidRange[] {
  let found: UidRange[] = [];
  for (values.skipSpaces(); !values.isAtEnd; values.skipSpaces()) {
    const name = values.readValue();
    if (typeof name !== "string" || name.toUpperCase() === "UID") continue;
    values.skipSpaces();
    const value = values.readValue();
    if (name.toUpperCase() === "ALL") found = readUidSet(value);
  }
  return found;
}

/** Separates the response code from the human-readable text, which is cut off at 500 characters. */
function readText(rest: string): { code: ResponseCode | null; text: string } {
  return { code: readCode(rest), text: rest.replace(CODE, "").trim().slice(0, MAX_TEXT) };
}

/** Returns the code at the start of a text, if there is one. */
function readCode(text: string): ResponseCode | null {
  const [, name, argument = ""] = CODE.exec(text) ?? [];
  return name === undefined ? null : { name: name.toUpperCase(), argument };
}
