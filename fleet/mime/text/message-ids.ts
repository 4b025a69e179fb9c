import { withoutComments } from "./comments.ts";
import { decodeWords } from "./encoded-words.ts";

const BLANKS = /[\s,;]+/;

/**
 * The message ids of References or In-Reply-To, in their order, with their angle brackets (RFC 5322,
 * 3.6.4). An id that was folded in its middle is put together. Words without brackets are ids as well,
 * as they were written, where they hold an `@` or nothing else is there: RFC 822 allowed phrases.
 */
export function messageIdsOf(header: string): string[] {
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
 * The ids of Message-ID or In-Reply-To as one string, with spaces between them; null where the header says nothing.
 */
export function messageIdOf(header: string): string | null {
  const ids = messageIdsOf(header);
  return ids.every(isBracketed) && ids.length > 0
    ? ids.join(" ")
    : decodeWords(header).trim() || null;
}

const isBracketed = (id: string) => id.startsWith("<");

/** With something on both sides of its @, and no quotes, as phrases have. */
function isAddressLike(word: string): boolean {
  const at = word.indexOf("@");
  return at > 0 && at < word.length - 1 && !/["'>]/.test(word);
}
