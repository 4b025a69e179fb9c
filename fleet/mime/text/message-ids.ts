import { withoutComments } from "./comments.ts";
import { decodeWords } from "./encoded-words.ts";

const BLANKS = /[\s,;]+/;

/**
 * Returns the message ids of References or In-Reply-To, in order, with their angle brackets (RFC
 * 5322, 3.6.4). Joins an id that was folded in the middle.
 *
 * RFC 822 also allowed phrases. So a word without brackets counts as an id only if it contains an
 * `@`, or if no other id is found. Such words are returned as written.
 */
export function parseMessageIds(header: string): string[] {
  const text = decodeWords(header);
  const ids: string[] = [];
  const bare: string[] = [];
  for (const [index, piece] of text.split("<").entries()) {
    const end = index === 0 ? -1 : piece.indexOf(">");
    const id = end === -1 ? "" : piece.slice(0, end).replaceAll(/\s+/g, "");
    const words = withoutComments(piece.slice(end + 1))
      .split(BLANKS)
      .filter(Boolean);
    if (id !== "") ids.push(`<${id}>`);
    const likely = words.filter((word) => isAddressLike(word));
    ids.push(...likely);
    bare.push(...words);
  }
  return ids.length > 0 ? ids : bare;
}

/**
 * Returns the ids of Message-ID or In-Reply-To, separated by spaces. If an id lacks angle brackets,
 * returns the whole decoded header. Null if the header is empty.
 */
export function parseMessageId(header: string): string | null {
  const ids = parseMessageIds(header);
  return ids.every(isBracketed) && ids.length > 0
    ? ids.join(" ")
    : decodeWords(header).trim() || null;
}

const isBracketed = (id: string) => id.startsWith("<");

/**
 * Returns whether the word has text on both sides of an @. A word with quotes is part of a phrase.
 */
function isAddressLike(word: string): boolean {
  const at = word.indexOf("@");
  return at > 0 && at < word.length - 1 && !/["'>]/.test(word);
}
