/** One header field. Its texts are Latin-1, so that raw 8-bit bytes are kept. */
export interface HeaderField {
  name: string;
  /** Unfolded (RFC 5322, section 2.2.3) and trimmed, not decoded. */
  value: string;
  /** The whole field, including folds and line end. */
  raw: string;
}

interface HeaderAndBody {
  /** Includes the empty line at its end, if there is one. */
  header: Buffer;
  body: Buffer;
}

export function splitMessage(raw: Uint8Array): HeaderAndBody {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const end = headerLength(bytes);
  return { header: bytes.subarray(0, end), body: bytes.subarray(end) };
}

export function parseHeader(header: Buffer): HeaderField[] {
  const fields = header.toString("latin1").match(/[^\r\n][^\n]*(?:\n[ \t][^\n]*)*(?:\n|$)/g) ?? [];
  return fields.flatMap((raw) => {
    const colon = raw.indexOf(":");
    if (colon < 1) return [];
    const value = raw
      .slice(colon + 1)
      .replace(/\r?\n/g, "")
      .trim();
    return { name: raw.slice(0, colon).trimEnd().toLowerCase(), value, raw };
  });
}

/** Returns the value of the first field with this name. */
export function headerValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name.toLowerCase())?.value;
}

/**
 * Returns the fields for BODY[HEADER.FIELDS (…)] or, with `inverted`, for HEADER.FIELDS.NOT. The
 * result always ends with an empty line.
 */
export function selectHeaderFields(
  header: Buffer,
  names: readonly string[],
  inverted: boolean,
): Buffer {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const chosen = parseHeader(header).filter((field) => wanted.has(field.name) !== inverted);
  const lines = chosen.map(({ raw }) => (raw.endsWith("\n") ? raw : `${raw}\r\n`));
  return Buffer.from(`${lines.join("")}\r\n`, "latin1");
}

/**
 * Returns the length of the header, including the empty line that ends it. Lines end with CR LF or,
 * in incorrect mail, with LF only.
 */
function headerLength(bytes: Buffer): number {
  let lineStart = 0;
  while (lineStart < bytes.length) {
    if (bytes[lineStart] === 0x0a) return lineStart + 1;
    if (bytes[lineStart] === 0x0d && bytes[lineStart + 1] === 0x0a) return lineStart + 2;
    const newline = bytes.indexOf(0x0a, lineStart);
    if (newline === -1) break;
    lineStart = newline + 1;
  }
  return bytes.length;
}
