/**
 * A part of a response. Strings are Latin-1: one character is one byte, so raw 8-bit headers are
 * unchanged.
 */
export type WirePart = string | Uint8Array;

/**
 * Returns a quoted string if RFC 3501 allows it, otherwise a literal. NUL is removed, because
 * neither may contain it.
 */
export function imapString(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
  const sendable = text.replaceAll("\0", "");
  return `{${sendable.length}}\r\n${sendable}`;
}

export function imapStringOrNil(text: string | undefined): string {
  return text === undefined ? "NIL" : imapString(text);
}

export function imapLiteral(bytes: Uint8Array): WirePart[] {
  return [`{${bytes.length}}\r\n`, bytes];
}

export function wireBytes(parts: readonly WirePart[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
  );
}

export const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** Formats a time as a date-time of RFC 3501, in UTC. */
export function imapDateTime(epochMs: number): string {
  const date = new Date(epochMs);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = date.toISOString().slice(11, 19);
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000"`;
}
