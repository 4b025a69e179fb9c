import {
  HEADER_FROM,
  HEADER_LINE,
  OPENING,
  SENT_FROM,
  SEPARATOR,
  WROTE,
} from "./quotation-words.ts";

const SIGNATURE = /^--\s*$/;
const ADDRESS = /<[^<>\s]+@[^<>\s]+>/;
const TIME = /\d{1,2}[:.h]\d{2}/;

/** Longer lines are no attributions: no pattern is tried on more. */
const MAX_ATTRIBUTION = 500;

/**
 * What a person wrote: a text without quotations, without what the mail programs put around them,
 * and without signature. Answers between quoted lines stay. Its time grows with the text alone:
 * email-reply-parser 2.3.9 takes five seconds for nine kilobytes that were made for it, and eight
 * times as long for twice as many.
 */
export function replyText(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  const kept: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (SIGNATURE.test(line) || beginsQuotedMail(lines, index)) break;
    if (isQuoted(line) || (line.length < 100 && SENT_FROM.test(line))) continue;
    kept.push(line);
    const attribution = attributionAbove(kept);
    if (attribution === null) continue;
    const next = lines.slice(index + 1, index + 4).find((below) => below !== "");
    const isAboveQuotation = next !== undefined && isQuoted(next);
    if (!isAboveQuotation && !isDated(attribution.text)) continue;
    kept.length -= attribution.lineCount;
    if (!isAboveQuotation) break;
  }
  return kept
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

const tellsWhoWrote = (text: string) => WROTE.test(text) || (ADDRESS.test(text) && TIME.test(text));

/** Only then is it an attribution though nothing below is marked as quoted. */
const isDated = (text: string) => ADDRESS.test(text) || TIME.test(text);

const isQuoted = (line: string) => line.startsWith(">") || line.startsWith(" >");

function beginsQuotedMail(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  if (line.length > MAX_ATTRIBUTION) return false;
  if (SEPARATOR.test(line.trim())) return true;
  if (!HEADER_FROM.test(line)) return false;
  const below = lines.slice(index + 1, index + 4);
  return below.filter((next) => next.length < 2_000 && HEADER_LINE.test(next)).length >= 2;
}

/** The attribution that the last lines make, which may be folded into three. */
function attributionAbove(kept: readonly string[]): { text: string; lineCount: number } | null {
  const last = kept.at(-1) ?? "";
  if (!/[:：]$/.test(last) || last.length > MAX_ATTRIBUTION) return null;
  for (let lineCount = 1; lineCount <= Math.min(3, kept.length); lineCount++) {
    const folded = kept.slice(-lineCount);
    const text = folded.join(" ");
    if (folded[0] === "" || text.length > MAX_ATTRIBUTION) break;
    if (OPENING.test(text) && tellsWhoWrote(text)) return { text, lineCount };
  }
  return tellsWhoWrote(last) ? { text: last, lineCount: 1 } : null;
}
