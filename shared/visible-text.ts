/**
 * Characters that a reader does not see: control characters, line separators, and marks that change
 * the direction of text (UAX #9, 2). Such a mark can make one name look like another. Joiners are
 * not included, because Persian and emoji need them.
 */
const UNSEEN = String.raw`\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff`;
const ANY_UNSEEN = new RegExp(`[${UNSEEN}]`, "u");
/**
 * Matches each unseen character except tabs and line ends, which are normal in a text of several
 * lines.
 */
const EACH_UNSEEN = new RegExp(`(?![\\t\\n\\r])[${UNSEEN}]`, "gu");

export const hasUnseen = (text: string): boolean => ANY_UNSEEN.test(text);

/**
 * Writes invisible characters as in JSON: `\u202e`. All of them are below U+10000, so four digits
 * are enough.
 */
export const escapeUnseen = (text: string): string =>
  text.replaceAll(
    EACH_UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/**
 * Makes text from outside safe to display: nothing in it changes the direction of the text around
 * it, and it is cut to `maxCharacters`.
 */
export function toVisible(text: string, maxCharacters = 2_000): string {
  const isLong = text.length > maxCharacters;
  const shown = isLong ? text.slice(0, maxCharacters).toWellFormed() : text;
  return escapeUnseen(shown) + (isLong ? " …" : "");
}
