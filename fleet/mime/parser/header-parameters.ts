/**
 * Matches a header without the semicolon before its first parameter. Examples: `text/plain
 * charset=utf-8` and `text/html, charset=utf-8`.
 */
const UNPARTED = /^\s{0,100}([^\s;,="]{1,200})(?:\s{0,100},|\s)\s{0,100}(?=[\w*-]{1,60}\s{0,100}=)/;
const FILE_NAME = /^\s*(?:file)?name(?:\*\d*\*?)?\s*$/i;
/** Matches the charset of an extended value: `*=charset'language'value` (RFC 2231, 4). */
const EXTENDED_CHARSET = /(\*\s{0,10}=\s{0,10}"?)([^'";=]{1,60})(?=')/g;

/**
 * Repairs the common errors in a Content-Type or Content-Disposition header (RFC 2045, 5.1). Adds a
 * missing semicolon before the first parameter. Quotes file names: a parser would read the `(1)` of
 * `my file (1).bin` as a comment.
 */
export function mendParameters(header: string): string {
  if (!header.includes("=")) return header;
  const parted = header.replace(UNPARTED, "$1; ");
  return splitAtSemicolons(parted).map(quoteFileName).join(";");
}

/** Replaces the charset name of each RFC 2231 value by the result of `rename()`. */
export const renameCharsets = (header: string, rename: (charset: string) => string): string =>
  header.replaceAll(
    EXTENDED_CHARSET,
    (_, before: string, charset: string) => before + rename(charset),
  );

function splitAtSemicolons(header: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < header.length; index++) {
    const mark = header[index];
    if (isQuoted && mark === "\\") index++;
    else if (mark === '"') isQuoted = !isQuoted;
    else if (mark === ";" && !isQuoted) {
      parts.push(header.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, header.slice(start)];
}

function quoteFileName(part: string): string {
  const equals = part.indexOf("=");
  const value = part.slice(equals + 1).trim();
  if (equals === -1 || equals > 60 || !FILE_NAME.test(part.slice(0, equals))) return part;
  if (value === "" || value.includes('"')) return part;
  return `${part.slice(0, equals)}="${value.replaceAll("\\", "\\\\")}"`;
}

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+/;

/**
 * Returns the media type of a part. Text without a `type/subtype` means `text/plain` (RFC 2045,
 * 5.2), with two exceptions:
 *
 * - `multipart` with a boundary means `multipart/mixed`.
 * - The other known types, such as `image`, mean `application/octet-stream`.
 *
 * @param value The lower-case text before the first semicolon of the Content-Type.
 */
export function parseMediaType(value: string, hasBoundary: boolean): string {
  const type = MEDIA_TYPE.exec(value.slice(0, 300))?.[0];
  if (type !== undefined) return type;
  if (hasBoundary && /^multipart\b/.test(value)) return "multipart/mixed";
  return /^(?:application|audio|font|image|model|video)\b/.test(value)
    ? "application/octet-stream"
    : "text/plain";
}
