import { parseSequenceSet, type SequenceSet } from "./sequence-set.ts";

/** Thrown when a client's command has invalid syntax. The server then answers BAD. */
export class ImapSyntaxError extends Error {
  override readonly name = "ImapSyntaxError";
}

/**
 * Reads one command from left to right. The text is Latin-1 and contains literals in the form of
 * the protocol: `{5}`, CR LF, five bytes.
 */
export class Scanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  /** If `text` comes next, in upper or lower case, consumes it and returns true. */
  take(text: string): boolean {
    const next = this.#text.slice(this.#position, this.#position + text.length);
    if (next.toUpperCase() !== text.toUpperCase()) return false;
    this.#position += text.length;
    return true;
  }

  startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#position);
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`"${text}"`);
  }

  space(): void {
    this.expect(" ");
  }

  end(): void {
    if (!this.atEnd) this.fail("the end of the command");
  }

  atom(): string {
    return this.#match(/[^\P{ASCII}\p{Cc} (){"%*\\\]]+/uy, "an atom");
  }

  flag(): string {
    return this.#match(/\\?[^\P{ASCII}\p{Cc} (){"%*\\\]]+/uy, "a flag");
  }

  number(): number {
    return Number(this.#match(/\d{1,10}/y, "a number"));
  }

  sequenceSet(): SequenceSet {
    return this.trySequenceSet() ?? this.fail("a sequence set");
  }

  trySequenceSet(): SequenceSet | undefined {
    const text = this.#tryMatch(/[\d*][\d:,*]*/y);
    return text === undefined ? undefined : (parseSequenceSet(text) ?? this.fail("a sequence set"));
  }

  /** Reads an atom, quoted string or literal. */
  astring(): string {
    // Unlike an atom, an astring may contain "]" (RFC 3501, section 9, ASTRING-CHAR).
    return this.#string() ?? this.#match(/[^\P{ASCII}\p{Cc} (){"%*\\]+/uy, "a string");
  }

  /** Like astring(), but the text may also contain the wildcards of LIST. */
  pattern(): string {
    return this.#string() ?? this.#match(/[^\P{ASCII}\p{Cc} (){"\\]+/uy, "a mailbox pattern");
  }

  string(): string {
    return this.#string() ?? this.fail("a string");
  }

  /** Reads a literal. Returns its bytes, one per character. */
  literal(): string {
    return this.#literal() ?? this.fail("a literal");
  }

  /** Reads `(item item …)`, possibly empty. */
  list<T>(item: () => T): T[] {
    this.expect("(");
    const items: T[] = [];
    while (!this.take(")")) {
      if (items.length > 0) this.space();
      items.push(item());
    }
    return items;
  }

  /** Reads `(item item …)` or one item without brackets. */
  listOrOne<T>(item: () => T): T[] {
    return this.startsWith("(") ? this.list(item) : [item()];
  }

  fail(wanted: string): never {
    throw new ImapSyntaxError(`Expected ${wanted} at byte ${this.#position}`);
  }

  #string(): string | undefined {
    const quoted = this.#tryMatch(/"(?:[^"\\\r\n]|\\["\\])*"/y);
    if (quoted !== undefined) return quoted.slice(1, -1).replace(/\\(["\\])/g, "$1");
    return this.#literal();
  }

  #literal(): string | undefined {
    const marker = this.#tryMatch(/\{\d{1,10}\+?\}\r?\n/y);
    if (marker === undefined) return undefined;
    const start = this.#position;
    this.#position += Number.parseInt(marker.slice(1), 10);
    return this.#text.slice(start, this.#position);
  }

  #match(pattern: RegExp, wanted: string): string {
    return this.#tryMatch(pattern) ?? this.fail(wanted);
  }

  /** @param pattern Has the flag `y` (sticky), and never matches the empty string. */
  #tryMatch(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#position += found.length;
    return found;
  }
}
