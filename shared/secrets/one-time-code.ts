/** Crockford's base 32: no letter looks like a digit. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** A code to type: 80 random bits as `1k7d-9mx2-q0zt-wv4e`. Too many to be guessed from a plain hash. */
export function newOneTimeCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const symbols = Array.from(bytes, (byte) => ALPHABET.charAt(byte % ALPHABET.length));
  return symbols.join("").replaceAll(/(.{4})(?!$)/g, "$1-");
}

/** As it was made, however it was typed. */
export const readOneTimeCode = (typed: string): string =>
  typed
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, "")
    .replaceAll("o", "0")
    .replaceAll(/[il]/g, "1")
    .replaceAll(/(.{4})(?!$)/g, "$1-");
