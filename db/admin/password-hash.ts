import { scrypt, timingSafeEqual } from "node:crypto";
import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import { systemClock } from "../../shared/clock.ts";
import { createLeasedPlaces } from "../../shared/concurrency/leased-places.ts";

/**
 * The cost of a password hash: 16 MiB and 150 ms of CPU in workerd, where an isolate has 128 MiB
 * for all its requests. Source: OWASP Password Storage Cheat Sheet, scrypt with N = 2^14.
 */
const COST = { ln: 14, r: 8, p: 5 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/**
 * Allows only one hash at a time, because a hash needs 16 MiB and blocks the Worker's only thread.
 * After each hash, `restMs` lets other requests run. All requests of an isolate share `turns`.
 * Requests of a Worker must not share I/O, but they may share `turns`: it is only a counter in
 * memory.
 */
const turns = createLeasedPlaces(systemClock, {
  what: "a turn to check a password",
  places: 1,
  share: 1,
  queue: 16,
  waitMs: 20_000,
  leaseMs: 20_000,
  restMs: 350,
});

/**
 * Matches `$scrypt$ln=14,r=8,p=5$<salt>$<key>`. The parameters are stored with each hash, so the
 * cost can be raised later.
 */
const FORMAT = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/;

/**
 * Hashes a password.
 * @param cost Given by tests only; the default is the cost in production.
 */
export async function hashPassword(password: string, cost: typeof COST = COST): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await derive(password, salt, cost);
  const { ln, r, p } = cost;
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encodeBase64urlNoPadding(salt)}$${encodeBase64urlNoPadding(key)}`;
}

/**
 * A hash that no password matches. Checking it takes as long as checking any other hash, so the
 * answer does not show whether the account exists.
 */
export const NOBODYS_HASH = `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${"A".repeat(22)}$${"A".repeat(43)}`;

export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const [, ln, r, p, salt, key] = FORMAT.exec(hash) ?? [];
  if (salt === undefined || key === undefined) {
    throw new Error("Cannot check a password: its hash is not in our format");
  }
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(password, decodeBytes(salt), cost);
  const wanted = decodeBytes(key);
  return wanted.length === derived.length && timingSafeEqual(wanted, derived);
}

/**
 * Derives the key from the password. Normalizes the password first: the same password may be typed
 * as different code points (NIST SP 800-63B, 5.1.1.2).
 */
async function derive(
  password: string,
  salt: Uint8Array,
  { ln, r, p }: typeof COST,
): Promise<Uint8Array> {
  using _turn = await turns.take("");
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  scrypt(password.normalize("NFKC"), salt, KEY_BYTES, { N: 2 ** ln, r, p }, (error, key) =>
    error ? reject(error) : resolve(key),
  );
  return await promise;
}

const decodeBytes = decodeBase64urlIgnorePadding;
