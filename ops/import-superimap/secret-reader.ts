import { decryptGibberish, isEncrypted } from "./gibberish.ts";

/** The name of the variable that contains SuperIMAP's ENCRYPTION_KEY. */
export const KEY_SETTING = "SUPERIMAP_ENCRYPTION_KEY";

/**
 * Returns a function that decrypts secrets of SuperIMAP. The function returns a secret in plain
 * text unchanged, and null for a secret that it cannot decrypt.
 *
 * @param key Undefined when SuperIMAP ran without a key.
 * @param sample Some encrypted secrets. The right key decrypts at least one of them.
 * @throws {Error} when `sample` is not empty, and the key is missing or decrypts none of it.
 */
export function secretReader(
  key: string | undefined,
  sample: readonly string[],
): (stored: string) => string | null {
  if (key === undefined && sample.length > 0) {
    throw new Error(
      `Cannot decrypt SuperIMAP's secrets: set ${KEY_SETTING} to the ENCRYPTION_KEY that it runs with`,
    );
  }
  const decrypt = (stored: string) => {
    if (!isEncrypted(stored)) return stored;
    return key === undefined ? null : decryptGibberish(stored, key);
  };
  if (sample.length > 0 && sample.every((stored) => decrypt(stored) === null)) {
    throw new Error(
      `Cannot decrypt SuperIMAP's secrets: ${KEY_SETTING} is a different key, it decrypts 0 of ${sample.length} secrets`,
    );
  }
  return decrypt;
}
