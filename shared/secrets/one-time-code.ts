/** The characters of a code: Crockford's base 32, in which no letter looks like a digit. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * Creates a code that a person can type: 80 random bits, such as `1k7d-9mx2-q0zt-wv4e`. It cannot
 * be guessed, so a plain hash is enough to store it.
 */
export function newOneTimeCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const symbols = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return symbols.join("").replaceAll(/(.{4})(?!$)/g, "$1-");
}

/**
 * Returns a typed code in the format of `newOneTimeCode()`. Ignores case and separators, and
 * corrects letters that look like digits.
 */
export const readOneTimeCode = (typed: string): string =>
  typed
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, "")
    .replaceAll("o", "0")
    .replaceAll(/[il]/g, "1")
    .replaceAll(/(.{4})(?!$)/g, "$1-");
