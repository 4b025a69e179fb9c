/**
 * What a reader does not see: control characters, separators of lines, and marks that turn the direction of the text
 * beside them (UAX #9, 2), by which one name looks like another. Joiners stay: Persian and emoji need them.
 */
const UNSEEN = String.raw`\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff`;
const ANY_UNSEEN = new RegExp(`[${UNSEEN}]`, "u");
/** Tabs and ends of lines belong to texts of several lines. */
const EACH_UNSEEN = new RegExp(`(?![\\t\\n\\r])[${UNSEEN}]`, "gu");

export const hasUnseen = (text: string): boolean => ANY_UNSEEN.test(text);

/** Has what is not seen written out, as in JSON: `\u202e`. All of it lies below U+10000. */
export const escapeUnseen = (text: string): string =>
  text.replaceAll(
    EACH_UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Text of others as it may be shown: nothing in it turns the text beside it, and it is no longer than that. */
export function toVisible(text: string, maxCharacters = 2_000): string {
  const isLong = text.length > maxCharacters;
  const shown = isLong ? text.slice(0, maxCharacters).toWellFormed() : text;
  return escapeUnseen(shown) + (isLong ? " …" : "");
}
