import { attributionAt } from "./attribution.ts";
import { isSentFrom } from "./quotation-words.ts";
import { beginsQuotedMail } from "./quoted-header.ts";

/**
 * Matches `>` before a digit or sign, as in `>50%` or `>:-(`, and `>From`, which mbox files contain
 * instead of `From`. A person may have written a single such line. It is a quotation only directly
 * below an attribution.
 */
const WRITTEN_MARK = /^ ?>(?:[^\s>\p{L}]|From )/u;
/**
 * Matches `> 5 is more` and `> 1. Where?`. A person may have written a single such line. It is a
 * quotation only below an attribution or another quotation.
 */
const WRITTEN_SIGN = /^ ?> [\d$€£=]/;
const MAX_SIGNATURE_LINES = 4;

/**
 * Returns what a person wrote: the text without quotations, their introductions, and the signature.
 * Keeps answers between quoted lines. In doubt, keeps a line.
 *
 * Takes linear time. The library email-reply-parser 2.3.9 takes cubic time: 5 s for a crafted text
 * of 9 kB.
 *
 * @param ownLines The indices of lines that begin with `>` but are not quotations.
 */
export function replyText(text: string, ownLines: ReadonlySet<number> = new Set()): string {
  const source = text.split(/\r?\n/);
  const lines = source.map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  const reply = new Reply();
  let isSignature = false;
  let quotations: "none" | "above" | "next" = "none";
  for (const [index, line] of lines.entries()) {
    if (beginsQuotedMail(lines, index)) break;
    if (!ownLines.has(index) && isQuoted(lines, index, quotations)) {
      if (quotations !== "above") reply.dropSentFrom();
      isSignature = false;
      quotations = "above";
      continue;
    }
    const attribution = attributionAt(lines, index);
    const isAboveQuotation = attribution !== null && isMarked(findNext(lines, index));
    if (attribution && (isAboveQuotation || attribution.isWhole)) {
      if (!isSignature) reply.drop(attribution.lineCount - 1);
      if (!isAboveQuotation) break;
      quotations = "next";
      continue;
    }
    isSignature ||= beginsSignature(lines, index, source[index]);
    if (!isSignature) reply.add(line);
  }
  reply.dropSentFrom();
  return reply.text();
}

/** The lines of the reply. Several blank lines in a row become one. */
class Reply {
  readonly #lines: string[] = [];

  add(line: string): void {
    if (line !== "" || this.#lines.at(-1) !== "") this.#lines.push(line);
  }

  drop(count: number): void {
    this.#lines.length -= Math.min(count, this.#lines.length);
  }

  /** Removes the line that a phone added at the end of a text. */
  dropSentFrom(): void {
    const last = this.#lines.at(-1) === "" ? this.#lines.length - 2 : this.#lines.length - 1;
    const line = this.#lines[last] ?? "";
    const isApart = !this.#lines[last - 1] || /^\P{Ll}/u.test(line);
    if (isApart && isSentFrom(line)) this.#lines.length = last;
  }

  text(): string {
    return this.#lines.join("\n").trim();
  }
}

const isMarked = (line = "") => line.startsWith(">") || line.startsWith(" >");

/** Returns the first line that is not blank among the next three lines. */
const findNext = (lines: readonly string[], index: number) =>
  lines.slice(index + 1, index + 4).find((below) => below !== "");

/**
 * Returns whether a line is a quotation. A line with `>` is one, except a single line that a person
 * may have written (see `WRITTEN_MARK` and `WRITTEN_SIGN`).
 */
function isQuoted(
  lines: readonly string[],
  index: number,
  quotations: "none" | "above" | "next",
): boolean {
  const line = lines[index] ?? "";
  if (!isMarked(line)) return false;
  const isAlone = !isMarked(lines[index - 1]) && !isMarked(lines[index + 1]);
  if (!isAlone || quotations === "next") return true;
  return !(WRITTEN_MARK.test(line) || (quotations === "none" && WRITTEN_SIGN.test(line)));
}

/**
 * Returns whether a signature begins at this line, with the separator `-- ` (RFC 3676, 4.3). A `--`
 * without its space counts only between a blank line and a few short lines. Below these, the text
 * must end, or a quotation or a line with a final colon must follow.
 */
function beginsSignature(lines: readonly string[], index: number, source = ""): boolean {
  if (!/^--\s*$/.test(source)) return false;
  if (source.length > 2) return true;
  if (index > 0 && lines[index - 1] !== "") return false;
  const below = lines.slice(index + 1, index + 2 + MAX_SIGNATURE_LINES);
  const end = below.findIndex((line) => line === "" || line.length > 80);
  const length = end === -1 ? below.length : end;
  const after = lines[index + 1 + length];
  if (length === 0 || length > MAX_SIGNATURE_LINES || after?.length) return false;
  const next = findNext(lines, index + length);
  return after === undefined || isMarked(next) || next?.endsWith(":") === true;
}
