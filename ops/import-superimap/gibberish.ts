import { createDecipheriv, createHash } from "node:crypto";

/**
 * The first bytes of an encrypted secret, after base64 is decoded. SuperIMAP uses Gibberish::AES
 * 1.4, whose format is that of `openssl enc -aes-256-cbc -md md5 -a`: `Salted__`, 8 bytes of salt,
 * the ciphertext. Key and IV come from EVP_BytesToKey with one round of MD5
 * (docs.openssl.org/3.0/man3/EVP_BytesToKey).
 */
const MAGIC = "Salted__";
/** The beginning of `Salted__` in base64. */
const ENCODED_MAGIC = "U2FsdGVkX1";
const SALT_END = MAGIC.length + 8;
const [KEY_LENGTH, IV_LENGTH] = [32, 16];

/**
 * Whether a stored secret is encrypted. Before SuperIMAP had a key, it stored secrets in plain
 * text.
 */
export const isEncrypted = (text: string): boolean => text.trimStart().startsWith(ENCODED_MAGIC);

/**
 * Decrypts a secret.
 * @returns null when the key is wrong or the text was damaged.
 */
export function decryptGibberish(text: string, password: string): string | null {
  const bytes = Buffer.from(text, "base64");
  const { key, iv } = deriveKey(password, bytes.subarray(MAGIC.length, SALT_END));
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  try {
    const ciphertext = bytes.subarray(SALT_END);
    const plain = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const secret = new TextDecoder("utf-8", { fatal: true }).decode(plain);
    // About one wrong key in 256 gives a valid padding by chance. The result is then random bytes:
    // almost always with control characters or invalid UTF-8.
    return /\p{Cc}/u.test(secret) ? null : secret;
  } catch {
    return null;
  }
}

function deriveKey(password: string, salt: Buffer): { key: Buffer; iv: Buffer } {
  let derived = Buffer.alloc(0);
  let block = Buffer.alloc(0);
  while (derived.length < KEY_LENGTH + IV_LENGTH) {
    block = createHash("md5").update(block).update(password).update(salt).digest();
    derived = Buffer.concat([derived, block]);
  }
  return {
    key: derived.subarray(0, KEY_LENGTH),
    iv: derived.subarray(KEY_LENGTH, KEY_LENGTH + IV_LENGTH),
  };
}
