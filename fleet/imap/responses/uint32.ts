/**
 * The largest UID, UIDVALIDITY or count in IMAP. These numbers have 32 bits (RFC 9051, section 9,
 * rule `number`).
 */
export const MAX_UINT32 = 4_294_967_295;

/** Reads a number. Returns null when the text is not a number, or when the number is too large. */
export function toUint32(text: string): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const number = Number(text);
  return number <= MAX_UINT32 ? number : null;
}
