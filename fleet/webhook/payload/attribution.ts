import { NAME_WROTE, NAME_WROTE_AT, OPENING, WROTE } from "./quotation-words.ts";

const ADDRESS = /<[^<>\s@]+@[^<>\s@]+>/;
const ADDRESS_AT_END = /<[^<>\s@]+@[^<>\s@]+>[)\]]?\s?[:：]$/;
/**
 * Matches an attribution (the text above a quotation) without a date: `Ann <ann@example.com>
 * wrote:`.
 */
const NAMED = /^[^<.!?]{0,80}<[^<>\s@]+@[^<>\s@]+>\)?,? \S+(?: \S+)?\s?[:：]$/;
const TIME = /\d{1,2}[:.h]\d{2}/;
const DATE = /(?<!\d)(?:\d{4}|\d{1,2}[./-]\d{1,2})(?!\d)/;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The maximum length of an attribution. Longer texts are not matched against any pattern. */
const MAX_LENGTH = 500;

export interface Attribution {
  /** How many lines the attribution has. */
  lineCount: number;
  /**
   * Whether the attribution names both the writer and the time. A quotation then follows, even
   * without `>` marks.
   */
  isWhole: boolean;
}

/**
 * Returns the attribution that ends in the line at `index`. An attribution introduces a quotation,
 * in one to three lines: `On 22 Nov 2026, at 10:00, Ann <ann@example.com> wrote:`. Returns null if
 * there is none, or if the writer may have written this text.
 *
 * @param lines The lines of the text, without trailing white space.
 */
export function attributionAt(lines: readonly string[], index: number): Attribution | null {
  const last = lines[index] ?? "";
  if (!/[:：]$/.test(last) || last.length > MAX_LENGTH) return null;
  for (let lineCount = 1; lineCount <= Math.min(3, index + 1); lineCount++) {
    const folded = lines.slice(index + 1 - lineCount, index + 1);
    const first = folded[0] ?? "";
    const text = folded.join(" ");
    if (first === "" || first.startsWith(">") || text.length > MAX_LENGTH) return null;
    if (lineCount === 1 ? isAttribution(text) : isFolded(first, text)) {
      return { lineCount, isWhole: isWhole(text) };
    }
  }
  return null;
}

const isWhole = (text: string) =>
  OPENING.test(text) && WROTE.test(text) && ADDRESS.test(text) && TIME.test(text);

const isDated = (text: string) => TIME.test(text) || DATE.test(text);

/**
 * Returns whether the text says who wrote the quotation. In some languages, Gmail writes no verb,
 * and the address last.
 */
const tellsWhoWrote = (text: string) =>
  WROTE.test(text) || (TIME.test(text) && ADDRESS_AT_END.test(text));

function isAttribution(text: string): boolean {
  if (!tellsWhoWrote(text)) return false;
  if (NAME_WROTE.test(text) || CJK.test(text)) return true;
  if (!isDated(text)) return NAMED.test(text);
  return OPENING.test(text) || ADDRESS.test(text) || NAME_WROTE_AT.test(text);
}

/**
 * Returns whether `text` is an attribution over several lines. Its first line must contain a date
 * or time, and must not end a sentence.
 */
const isFolded = (first: string, text: string) =>
  (OPENING.test(text) || ADDRESS.test(text)) &&
  tellsWhoWrote(text) &&
  isDated(first) &&
  !/[.!?]$/.test(first);
