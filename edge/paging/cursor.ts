import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";

/** Encodes a position in a list as an opaque cursor: the base64url of `text`. */
export const encodeCursor = (text: string): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(text));

/**
 * Decodes a cursor to its text. Returns an empty text if the cursor is not base64url of UTF-8. The
 * caller must check the form of the text.
 */
export function decodeCursor(cursor: string): string {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(cursor));
  } catch {
    return "";
  }
}
