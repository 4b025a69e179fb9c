import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";

/** Writes a position in a list as an opaque cursor: base64url of its text. */
export const encodeCursor = (text: string): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(text));

/** Returns the text of a cursor; an empty text where it is not base64url of UTF-8. Its form is for the caller to check. */
export function decodeCursor(cursor: string): string {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(cursor));
  } catch {
    return "";
  }
}
