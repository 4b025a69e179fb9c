import { encodeBase62 } from "../base62.ts";
import { digest } from "../digest.ts";
import { sha256Hex } from "./sha256.ts";

/** How many characters of a key are stored unhashed, so that people can recognize the key. */
const PREFIX_LENGTH = 10;
/**
 * How many characters of an imported key are stored unhashed. SuperIMAP's keys have 80 random bits,
 * 4 per character. With 4 known characters, 64 bits stay unknown: too many to guess.
 */
const KNOWN_PREFIX_LENGTH = 4;

export interface NewApiKey {
  /** The key itself, which is shown only once. */
  key: string;
  prefix: string;
  hash: string;
}

/** The number of random bytes in a key: 20 bytes are 160 bits. */
const RANDOM_BYTES = 20;
const RANDOM_LENGTH = 27;
/** The checksum consists of this many bytes of a SHA-256 hash. */
const CHECKSUM_BYTES = 4;

/**
 * Creates an API key: `sk_`, 160 random bits and a checksum of both. The checksum is not secret.
 * With it, the edge refuses mistyped and truncated keys without a database query.
 */
export async function newApiKey(): Promise<NewApiKey> {
  const random = `sk_${encodeBase62(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
  const key = random + computeChecksum(random);
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/** Matches a key with a checksum. Keys from older versions have no checksum. */
const CHECKED = new RegExp(`^(sk_[0-9A-Za-z]{${RANDOM_LENGTH}})([0-9A-Za-z]{6})$`);
/** Keys longer than this are refused without a query. Our keys and SuperIMAP's keys are shorter. */
const MAX_LENGTH = 255;

/**
 * Whether a key could exist. A key with a checksum must have the right one. A key without a
 * checksum may be from an older version or from SuperIMAP: only the database knows.
 */
export function mayBeApiKey(key: string): boolean {
  const [, random, checksum] = CHECKED.exec(key) ?? [];
  if (random === undefined) return key.length <= MAX_LENGTH;
  return checksum === computeChecksum(random);
}

function computeChecksum(random: string): string {
  return encodeBase62(digest("sha256", random).subarray(0, CHECKSUM_BYTES));
}

/**
 * Returns the stored form of a key that was created by another system. Such a key may be short, so
 * fewer of its characters are stored unhashed.
 */
export async function knownApiKey(key: string): Promise<NewApiKey> {
  return { key, prefix: key.slice(0, KNOWN_PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/**
 * Hashes a key. A plain hash is enough: our keys have 160 random bits and keys from SuperIMAP 80,
 * so a key cannot be guessed.
 */
export const hashApiKey = (key: string): Promise<string> => sha256Hex(key);
