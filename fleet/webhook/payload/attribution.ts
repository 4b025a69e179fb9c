import { NAME_WROTE, NAME_WROTE_AT, OPENING, WROTE } from "./quotation-words.ts";

const ADDRESS = /<[^<>\s@]+@[^<>\s@]+>/;
const ADDRESS_AT_END = /<[^<>\s@]+@[^<>\s@]+>[)\]]?\s?[:：]$/;
/** A name and an address are all that is before the verb. */
const NAMED = /^[^<.!?]{0,80}<[^<>\s@]+@[^<>\s@]+>\)?,? \S+(?: \S+)?\s?[:：]$/;
const TIME = /\d{1,2}[:.h]\d{2}/;
const DATE = /(?<!\d)(?:\d{4}|\d{1,2}[./-]\d{1,2})(?!\d)/;
const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Longer lines are no attributions: no pattern is tried on more. */
const MAX_LENGTH = 500;

export interface Attribution {
  /** How many lines it takes up, the last included. */
  lineCount: number;
  /** It tells who wrote and when: then a quotation follows though nothing is marked as one. */
  isWhole: boolean;
}

/**
 * The attribution that ends in a line, which may be folded into three: `On 22 Nov 2026, at 10:00, Ann
 * <ann@example.com> wrote:`. Null where there is none, or where it might be a sentence of the writer's.
 *
 * @param lines of the text, without white space at their ends.
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

/** In some languages Gmail has no verb: then the address is the last of it. */
const tellsWhoWrote = (text: string) =>
  WROTE.test(text) || (TIME.test(text) && ADDRESS_AT_END.test(text));

function isAttribution(text: string): boolean {
  if (!tellsWhoWrote(text)) return false;
  if (NAME_WROTE.test(text) || CJK.test(text)) return true;
  if (!isDated(text)) return NAMED.test(text);
  return OPENING.test(text) || ADDRESS.test(text) || NAME_WROTE_AT.test(text);
}

/** What was folded is dated in its first line, and no sentence ends there. */
const isFolded = (first: string, text: string) =>
  (OPENING.test(text) || ADDRESS.test(text)) &&
  tellsWhoWrote(text) &&
  isDated(first) &&
  !/[.!?]$/.test(first);
