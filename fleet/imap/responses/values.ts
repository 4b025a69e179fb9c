/**
 * A value in a response (RFC 9051, 4):
 * - NIL is null.
 * - An atom or a quoted string is a string with one character per byte (Latin-1).
 * - A literal is its bytes.
 * - A parenthesized list is an array.
 */
export type Value = null | string | Uint8Array | Value[];

/**
 * How deep lists may be nested. The BODYSTRUCTURE of a mail with 20 levels of parts needs about 40.
 */
const MAX_DEPTH = 50;
/** How many values one response may have, including the values in lists. */
const MAX_VALUES = 10_000;

/** Thrown when a response breaks the grammar or a limit. */
export class UnreadableResponse extends Error {
  override readonly name = "UnreadableResponse";
}

/** Reads the values of one response from left to right. Its methods throw UnreadableResponse. */
export class ValueReader {
  readonly #line: string;
  readonly #literals: readonly Uint8Array[];
  #at = 0;
  #literalsRead = 0;
  #valuesRead = 0;

  constructor(line: string, literals: readonly Uint8Array[], start = 0) {
    this.#line = line;
    this.#literals = literals;
    this.#at = start;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#line.length;
  }

  /** The text that was not read yet. */
  get rest(): string {
    return this.#line.slice(this.#at);
  }

  skipSpaces(): void {
    while (this.#line.charCodeAt(this.#at) === SPACE) this.#at++;
  }

  /** Skips `text` if it comes next. Returns whether it did. */
  skip(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /**
   * Reads up to a space, a parenthesis or the end. Inside brackets, spaces and parentheses belong
   * to the word (`BODY[HEADER.FIELDS (DATE)]`).
   */
  readWord(): string {
    const start = this.#at;
    for (let isBracketed = false; this.#at < this.#line.length; this.#at++) {
      const char = this.#line.charCodeAt(this.#at);
      if (char === OPEN_BRACKET) isBracketed = true;
      else if (char === CLOSE_BRACKET) isBracketed = false;
      else if (!isBracketed && (char === SPACE || char === OPEN || char === CLOSE)) break;
    }
    if (this.#at === start) throw new UnreadableResponse("A word is missing");
    return this.#line.slice(start, this.#at);
  }

  readValue(depth = 0): Value {
    if (++this.#valuesRead > MAX_VALUES) throw new UnreadableResponse("Too many values");
    switch (this.#line.charCodeAt(this.#at)) {
      case OPEN:
        return this.#readList(depth);
      case QUOTE:
        return this.#readQuoted();
      case OPEN_BRACE:
        return this.#readLiteral();
      case TILDE:
        // `~{n}` begins a literal8, which may contain NUL (RFC 9051, 4.3).
        if (this.#line.charCodeAt(this.#at + 1) !== OPEN_BRACE) return this.readWord();
        this.#at++;
        return this.#readLiteral();
      default: {
        const word = this.readWord();
        return word.length === 3 && word.toUpperCase() === "NIL" ? null : word;
      }
    }
  }

  #readList(depth: number): Value[] {
    if (depth >= MAX_DEPTH) throw new UnreadableResponse("Lists are nested too deeply");
    this.#at++;
    const values: Value[] = [];
    for (;;) {
      // Some servers put several spaces between two values, or a space before the closing
      // parenthesis.
      this.skipSpaces();
      if (this.skip(")")) return values;
      if (this.isAtEnd) throw new UnreadableResponse("A list does not end");
      values.push(this.readValue(depth + 1));
    }
  }

  /**
   * Reads a quoted string (RFC 9051, 9: quoted). Only `"` and `\` may be escaped. If a server
   * escapes another character, only the backslash is dropped.
   */
  #readQuoted(): string {
    const start = ++this.#at;
    let text: string | null = null;
    let from = start;
    for (; this.#at < this.#line.length; this.#at++) {
      const char = this.#line.charCodeAt(this.#at);
      if (char === BACKSLASH) {
        text = (text ?? "") + this.#line.slice(from, this.#at);
        from = ++this.#at;
      } else if (char === QUOTE) {
        const last = this.#line.slice(from, this.#at++);
        return text === null ? last : text + last;
      }
    }
    throw new UnreadableResponse("A quoted string does not end");
  }

  #readLiteral(): Uint8Array {
    const end = this.#line.indexOf("}", this.#at);
    const literal = this.#literals[this.#literalsRead++];
    if (end === -1 || !literal) throw new UnreadableResponse("A literal is missing");
    this.#at = end + 1;
    return literal;
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN = 0x28;
const CLOSE = 0x29;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const TILDE = 0x7e;
