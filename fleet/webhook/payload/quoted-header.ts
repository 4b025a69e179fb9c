import { DIVIDER, FOOTER_LINE, HEADER_FIELDS, HEADER_LINE, SEPARATOR } from "./quotation-words.ts";

/**
 * The longest line that may begin a quotation. Longer lines are not matched against any pattern.
 */
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
 * Returns whether another mail, or the footer of a mailing list, begins at a line. If so,
 * everything from this line on was not written for this mail.
 *
 * A header below a line of underscores counts if it has at least three lines. Any other header may
 * have been written by a person. So it counts only if it contains a subject, a time, and the
 * author's address or a recipient.
 *
 * @param lines The lines of the text, without trailing white space and without blank lines at the
 * end.
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
 * Returns whether the header names author and recipient. People do not write such a header by hand,
 * so it counts even directly below other text.
 */
const isWhole = (header: readonly string[]) => namesAuthor(header) && has(header, HEADER_FIELDS.to);

function isAboveHeader(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index + 1, index + 4).findIndex((line) => line !== "");
  return next !== -1 && headerAt(lines, index + 1 + next).length >= 3;
}

/**
 * Returns whether the line of underscores is above the footer of a mailing list: it is near the end
 * of the text, and not much shorter than the line that Mailman (a mailing list program) writes.
 */
function isAboveFooter(lines: readonly string[], index: number): boolean {
  if (lines.length - index > MAX_FOOTER_LINES || (lines[index] ?? "").length < 40) return false;
  return lines.slice(index + 1).some((line) => FOOTER_LINE.test(line));
}
