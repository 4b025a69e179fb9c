import { encodeHexLowerCase } from "@oslojs/encoding";

/** Returns the hex SHA-256 of a text. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return encodeHexLowerCase(new Uint8Array(digest));
}
