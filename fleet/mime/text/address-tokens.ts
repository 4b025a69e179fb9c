/** A piece of an address list (RFC 5322, 3.4), as it was written but for its outer marks. */
export interface AddressToken {
  kind: "word" | "quoted" | "comment" | "angle" | "separator" | "group";
  /** A quoted string or a comment without backslashes before characters. */
  text: string;
  /** Nothing is between it and the one before. */
  isGlued: boolean;
  /** Of a quoted string, with its quotes and backslashes. */
  source?: string;
}

const BLANK = /[ \t\r\n]/;
/** Sticky: it is tried at one place only. A domain may be an IPv6 address (RFC 5321, 4.1.3). */
const WORD = /[^ \t\r\n"(<>,;:]+(?:(?<=@\[IPv6):[\da-f:.]{2,45}\])?/iy;
/** An encoded word (RFC 2047, 2) that may hold commas, though it must not (5). */
const ENCODED_WORD = /=\?[^?\s]+\?[QB]\?[^?\s<>"]*\?=/iy;

/**
 * Takes an address list apart. Each character is looked at a few times at most, whatever the list:
 * a quote or parenthesis that is not closed is skipped, and no other of its kind is searched an end for.
 */
export function addressTokensOf(list: string): AddressToken[] {
  const tokens: AddressToken[] = [];
  const unclosed = new Set<string>();
  let isGlued = false;
  let index = 0;
  while (index < list.length) {
    const mark = list.charAt(index);
    const { token, end } = BLANK.test(mark)
      ? { token: null, end: index + 1 }
      : readToken(list, index, unclosed);
    // A million commas make one.
    const isRepeated = token?.kind === "separator" && tokens.at(-1)?.kind === "separator";
    if (token && !isRepeated) tokens.push(Object.assign(token, { isGlued }));
    isGlued = token !== null && token.kind !== "separator" && token.kind !== "group";
    index = end;
  }
  return tokens;
}

interface Read {
  token: Pick<AddressToken, "kind" | "text" | "source"> | null;
  /** Where the next begins. */
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
  const end = endOfQuoted(list, index);
  if (end === null) return null;
  const source = list.slice(index, end);
  return { token: { kind: "quoted", text: unescape(source.slice(1, -1)), source }, end };
}

function endOfQuoted(list: string, index: number): number | null {
  for (let at = index + 1; at < list.length; at++) {
    if (list[at] === "\\") at++;
    else if (list[at] === '"') return at + 1;
  }
  return null;
}

/** RFC 5322, 3.2.2: comments nest. */
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

/** Null where another bracket comes first: Apple Mail takes the last, and so do we. */
function readAngle(list: string, index: number, unclosed: Set<string>): Read | null {
  for (let at = index + 1; at < list.length; at++) {
    const mark = list.charAt(at);
    if (mark === "<") return null;
    if (mark === ">")
      return { token: { kind: "angle", text: list.slice(index + 1, at).trim() }, end: at + 1 };
    if (mark !== '"' || unclosed.has(mark)) continue;
    const end = endOfQuoted(list, at);
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
