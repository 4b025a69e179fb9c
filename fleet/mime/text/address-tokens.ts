/** A piece of an address list (RFC 5322, 3.4), without the quotes or brackets around it. */
export interface AddressToken {
  kind: "word" | "quoted" | "comment" | "angle" | "separator" | "group";
  /** The text of the token. In quoted strings and comments, escaping backslashes are removed. */
  text: string;
  /** Whether it directly follows the previous token, without white space. */
  isGlued: boolean;
  /** Only for a quoted string: the string with its quotes and backslashes. */
  source?: string;
}

const BLANK = /[ \t\r\n]/;
/**
 * Matches a word at the current position. Only an IPv6 address in place of a domain contains colons
 * (RFC 5321, 4.1.3).
 */
const WORD = /[^ \t\r\n"(<>,;:]+(?:(?<=@\[IPv6):[\da-f:.]{2,45}\])?/iy;
/**
 * Matches an encoded word at the current position (RFC 2047, 2). Accepts commas, although an
 * address list may not contain them there (RFC 2047, 5).
 */
const ENCODED_WORD = /=\?[^?\s]+\?[QB]\?[^?\s<>"]*\?=/iy;

/**
 * Splits an address list into tokens, in linear time. After a quote or parenthesis without an end,
 * all further marks of this kind are skipped.
 */
export function tokenizeAddresses(list: string): AddressToken[] {
  const tokens: AddressToken[] = [];
  const unclosed = new Set<string>();
  let isGlued = false;
  let index = 0;
  while (index < list.length) {
    const mark = list.charAt(index);
    const { token, end } = BLANK.test(mark)
      ? { token: null, end: index + 1 }
      : readToken(list, index, unclosed);
    // Repeated separators become one: a list may contain a million commas.
    const isRepeated = token?.kind === "separator" && tokens.at(-1)?.kind === "separator";
    if (token && !isRepeated) tokens.push(Object.assign(token, { isGlued }));
    isGlued = token !== null && token.kind !== "separator" && token.kind !== "group";
    index = end;
  }
  return tokens;
}

interface Read {
  token: Pick<AddressToken, "kind" | "text" | "source"> | null;
  /** Where the next token begins. */
  end: number;
}

function readToken(list: string, index: number, unclosed: Set<string>): Read {
  const mark = list.charAt(index);
  const skip: Read = { token: null, end: index + 1 };
  if (mark === "," || mark === ";")
    return { token: { kind: "separator", text: mark }, end: index + 1 };
  if (mark === ":") return { token: { kind: "group", text: mark }, end: index + 1 };
  if (mark === ">" || unclosed.has(mark)) return skip;
  if (mark === '"' || mark === "(" || mark === "<") {
    const read = READERS[mark](list, index, unclosed);
    if (read === null && mark !== "<") unclosed.add(mark);
    return read ?? skip;
  }
  const word = match(ENCODED_WORD, list, index) ?? match(WORD, list, index);
  return word ? { token: { kind: "word", text: word[0] }, end: index + word[0].length } : skip;
}

function readQuoted(list: string, index: number): Read | null {
  const end = findQuotedEnd(list, index);
  if (end === null) return null;
  const source = list.slice(index, end);
  return { token: { kind: "quoted", text: unescape(source.slice(1, -1)), source }, end };
}

function findQuotedEnd(list: string, index: number): number | null {
  for (let at = index + 1; at < list.length; at++) {
    if (list[at] === "\\") at++;
    else if (list[at] === '"') return at + 1;
  }
  return null;
}

/** Reads a comment, which may contain other comments (RFC 5322, 3.2.2). */
function readComment(list: string, index: number): Read | null {
  let depth = 0;
  for (let at = index; at < list.length; at++) {
    const mark = list.charAt(at);
    if (mark === "\\") at++;
    else if (mark === "(") depth++;
    else if (mark === ")" && --depth === 0) {
      return { token: { kind: "comment", text: unescape(list.slice(index + 1, at)) }, end: at + 1 };
    }
  }
  return null;
}

/**
 * Reads an address in angle brackets. Returns null if another `<` follows before the `>`. The last
 * `<` counts, as in Apple Mail.
 */
function readAngle(list: string, index: number, unclosed: Set<string>): Read | null {
  for (let at = index + 1; at < list.length; at++) {
    const mark = list.charAt(at);
    if (mark === "<") return null;
    if (mark === ">")
      return { token: { kind: "angle", text: list.slice(index + 1, at).trim() }, end: at + 1 };
    if (mark !== '"' || unclosed.has(mark)) continue;
    const end = findQuotedEnd(list, at);
    if (end === null) unclosed.add(mark);
    else at = end - 1;
  }
  return null;
}

function match(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index;
  return pattern.exec(text);
}

const READERS = { '"': readQuoted, "(": readComment, "<": readAngle };

const unescape = (text: string) => text.replaceAll(/\\([^])/g, "$1");
