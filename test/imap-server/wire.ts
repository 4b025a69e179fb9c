/** A piece of a response. Strings are Latin-1: one character is one byte, so raw 8-bit headers pass through unharmed. */
export type WirePart = string | Uint8Array;

/** A quoted string where RFC 3501 allows one, else a literal. NUL, which neither may hold, is left out. */
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

/** RFC 3501 date-time, in UTC. */
export function imapDateTime(epochMs: number): string {
  const date = new Date(epochMs);
  const day = String(date.getUTCDate()).padStart(2, " ");
  const time = date.toISOString().slice(11, 19);
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${time} +0000"`;
}
