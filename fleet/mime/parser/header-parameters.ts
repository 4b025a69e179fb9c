/** `text/plain charset=utf-8` and `text/html, charset=utf-8`: no semicolon before the first parameter. */
const UNPARTED = /^\s{0,100}([^\s;,="]{1,200})(?:\s{0,100},|\s)\s{0,100}(?=[\w*-]{1,60}\s{0,100}=)/;
const FILE_NAME = /^\s*(?:file)?name(?:\*\d*\*?)?\s*$/i;
/** RFC 2231, 4: a charset, a language and a value, the first two often empty. */
const EXTENDED_CHARSET = /(\*\s{0,10}=\s{0,10}"?)([^'";=]{1,60})(?=')/g;

/**
 * Mends a Content-Type or Content-Disposition header so that a parser of RFC 2045 (5.1) reads what its sender meant:
 * the semicolon before the first parameter is put in where it is missing, and file names that hold
 * blanks or parentheses without being quoted are quoted, so that `my file (1).bin` loses no comment.
 */
export function mendParameters(header: string): string {
  if (!header.includes("=")) return header;
  const parted = header.replace(UNPARTED, "$1; ");
  return splitAtSemicolons(parted).map(quoteFileName).join(";");
}

/** Gives each RFC 2231 value another charset name, as `nameOf()` chooses it. */
export const renameCharsets = (header: string, nameOf: (charset: string) => string): string =>
  header.replaceAll(
    EXTENDED_CHARSET,
    (_, before: string, charset: string) => before + nameOf(charset),
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
 * The media type that a part is read as, for what stands before the first semicolon of its Content-Type,
 * in lower case. One that is no type and subtype says nothing, which means text (RFC 2045, 5.2), unless its
 * first word is the type of something else; `multipart` with a boundary is read as `multipart/mixed`.
 */
export function mediaTypeOf(value: string, hasBoundary: boolean): string {
  const type = MEDIA_TYPE.exec(value.slice(0, 300))?.[0];
  if (type !== undefined) return type;
  if (hasBoundary && /^multipart\b/.test(value)) return "multipart/mixed";
  return /^(?:application|audio|font|image|model|video)\b/.test(value)
    ? "application/octet-stream"
    : "text/plain";
}
