import { encodeBase62 } from "../base62.ts";
import { sha256Of } from "./sha256.ts";

/** Characters of a key that are kept in the clear, so that a person can tell keys apart. */
const PREFIX_LENGTH = 10;
/** SuperIMAP's keys have 80 random bits: the 64 that stay unknown cannot be tried out. */
const KNOWN_PREFIX_LENGTH = 4;

export interface NewApiKey {
  /** Shown once. */
  key: string;
  prefix: string;
  hash: string;
}

/** 160 random bits. */
const RANDOM_BYTES = 20;
const RANDOM_LENGTH = 27;
/** Four bytes of a hash. */
const CHECKSUM_BYTES = 4;

/**
 * A new API key: `sk_`, 160 random bits, and a checksum of both, so that what was made up or cut off is refused before anybody
 * is asked for it. The checksum is no secret: it keeps mistakes and scanners away, and limits keep the others.
 */
export async function newApiKey(): Promise<NewApiKey> {
  const random = `sk_${encodeBase62(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`;
  const key = random + (await checksumOf(random));
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/** With a checksum; and the same length without, as keys were made before. */
const CHECKED = new RegExp(`^(sk_[0-9A-Za-z]{${RANDOM_LENGTH}})([0-9A-Za-z]{6})$`);
/** No key of ours or of SuperIMAP's is longer. */
const MAX_LENGTH = 255;

/**
 * Whether there may be such a key. One that has the form of a key with a checksum must have the right one; one of another form is
 * older or from SuperIMAP, and only the database knows.
 */
export async function mayBeApiKey(key: string): Promise<boolean> {
  const [, random, checksum] = CHECKED.exec(key) ?? [];
  if (random === undefined) return key.length <= MAX_LENGTH;
  return checksum === (await checksumOf(random));
}

async function checksumOf(random: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(random));
  return encodeBase62(new Uint8Array(digest, 0, CHECKSUM_BYTES));
}

/** A key that was made elsewhere. It may be short, and so less of it is kept in the clear. */
export async function knownApiKey(key: string): Promise<NewApiKey> {
  return { key, prefix: key.slice(0, KNOWN_PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/** A plain hash is enough: a key has 160 random bits and cannot be guessed from it. */
export const hashApiKey = (key: string): Promise<string> => sha256Of(key);
