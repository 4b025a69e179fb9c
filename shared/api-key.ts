import { encodeBase62 } from "./base62.ts";
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

/** A new API key: `sk_` and 160 random bits. */
export async function newApiKey(): Promise<NewApiKey> {
  const key = `sk_${encodeBase62(crypto.getRandomValues(new Uint8Array(20)))}`;
  return { key, prefix: key.slice(0, PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/** A key that was made elsewhere. It may be short, and so less of it is kept in the clear. */
export async function knownApiKey(key: string): Promise<NewApiKey> {
  return { key, prefix: key.slice(0, KNOWN_PREFIX_LENGTH), hash: await hashApiKey(key) };
}

/** A plain hash is enough: a key has 160 random bits and cannot be guessed from it. */
export const hashApiKey = (key: string): Promise<string> => sha256Of(key);
