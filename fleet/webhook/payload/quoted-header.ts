import { DIVIDER, FOOTER_LINE, HEADER_FIELDS, HEADER_LINE, SEPARATOR } from "./quotation-words.ts";

/** The longest line that may begin a quotation. Longer lines are not matched, which saves time. */
const MAX_LINE = 500;
const MAX_HEADER_LINES = 12;
const MAX_FOOTER_LINES = 8;
/** Matches a line that continues a long list of recipients. */
const CONTINUED = /^\s{1,100}\S|@/;
const TIME = /\d{1,2}[:.h]\d{2}/;
const DATE = /(?<!\d)\d{4}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2}/;
/** Matches an author: a name with an address in brackets, or only an address. */
const AUTHOR = /<[^<>\s@]{1,200}@|\[mailto:|[:：]\*?\s?[^\s@]{1,200}@\S{1,200}$/;

/**
 * Returns whether a quoted mail, or the footer of a mailing list, begins at a line. The text from
 * this line on is not part of the reply.
 *
 * - Below a line of underscores, a header needs at least three lines.
 * - A person may have written any other header. So it needs a subject, a time, and the author's
 *   address or a recipient.
 *
 * @param lines The lines of the text, without trailing white space and blank lines at the end.
 */
export function beginsQuotedMail(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? "";
  if (line === "" || line.length > MAX_LINE) return false;
  if (SEPARATOR.test(line.trim())) return true;
  if (DIVIDER.test(line)) return isAboveHeader(lines, index) || isAboveFooter(lines, index);
  const header = headerAt(lines, index);
  const isApart = index === 0 || lines[index - 1] === "" || lines[index - 1]?.startsWith(">");
  return isCertain(header) && (isApart === true || isWhole(header));
}

/** Returns the lines of the header that begins here; empty if no header begins here. */
function headerAt(lines: readonly string[], index: number): string[] {
  if (!HEADER_FIELDS.from.test(lines[index] ?? "")) return [];
  const below = lines.slice(index, index + MAX_HEADER_LINES);
  const end = below.findIndex(
    (line) => line.length > 2_000 || !(HEADER_LINE.test(line) || CONTINUED.test(line)),
  );
  return end === -1 ? below : below.slice(0, end);
}

const has = (header: readonly string[], field: RegExp) => header.some((line) => field.test(line));
const isTimed = (header: readonly string[], field: RegExp) =>
  header.some((line) => field.test(line) && TIME.test(line) && DATE.test(line));
/** Whether the first line, which is From, contains the author's address. */
const namesAuthor = (header: readonly string[]) => AUTHOR.test(header[0] ?? "");

function isCertain(header: readonly string[]): boolean {
  if (!has(header, HEADER_FIELDS.subject)) return false;
  const isSent = isTimed(header, HEADER_FIELDS.sent);
  return namesAuthor(header)
    ? isSent || isTimed(header, HEADER_FIELDS.date)
    : isSent && has(header, HEADER_FIELDS.to);
}

/**
 * Returns whether the header names author and recipient. People do not write that by hand, so such
 * a header counts even directly below other text.
 */
const isWhole = (header: readonly string[]) => namesAuthor(header) && has(header, HEADER_FIELDS.to);

function isAboveHeader(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index + 1, index + 4).findIndex((line) => line !== "");
  return next !== -1 && headerAt(lines, index + 1 + next).length >= 3;
}

/**
 * Returns whether the footer of a mailing list follows a line of underscores. The line must be near
 * the end, and not much shorter than that of Mailman (a mailing list program).
 */
function isAboveFooter(lines: readonly string[], index: number): boolean {
  if (lines.length - index > MAX_FOOTER_LINES || (lines[index] ?? "").length < 40) return false;
  return lines.slice(index + 1).some((line) => FOOTER_LINE.test(line));
}
