import type { ImapConnection } from "../imap-connection.ts";

interface Wanted {
  /** RFC822.SIZE by UID. */
  sizes: ReadonlyMap<number, number>;
  /** True where the message is given up if this try fails, too. */
  isLastTry(uid: number): boolean;
  /** Whether it has taken too long: then what is doubtful is left out. */
  isLate(): boolean;
}

/**
 * Fetches messages, and doubts those whose length is not the size that the server says: a broken literal looks
 * like a shorter mail. Some servers say wrong sizes, so what comes twice in the same bytes is believed. Some make
 * a mail new at each FETCH, with a scanner's header or other boundaries: at the last try the longer of two is
 * taken. Nothing, or white space alone, is never taken for a mail that has another size. What is not believed is left out.
 */
export async function fetchWhole(
  connection: Pick<ImapConnection, "fetchBodies">,
  { sizes, isLastTry, isLate }: Wanted,
  uids: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const bodies = await connection.fetchBodies(uids);
  const doubtful = [...bodies].filter(([uid, source]) => source.length !== sizes.get(uid));
  for (const [uid, source] of doubtful) {
    if (isLate()) {
      bodies.delete(uid);
      continue;
    }
    const again = (await connection.fetchBodies([uid])).get(uid);
    const size = sizes.get(uid);
    const believed = again && choose([source, again], { size, isLastTry: isLastTry(uid) });
    if (believed) bodies.set(uid, believed);
    else bodies.delete(uid);
  }
  return bodies;
}

/** @param size What the server says; undefined: it does not. */
function choose(
  [first, second]: readonly [Uint8Array, Uint8Array],
  { size, isLastTry }: { size: number | undefined; isLastTry: boolean },
): Uint8Array | undefined {
  if (second.length === size) return second;
  if (isBlank(first) && isBlank(second)) return undefined;
  if (isEqual(first, second)) return second;
  const longer = second.length >= first.length ? second : first;
  return isLastTry ? longer : undefined;
}

const isBlank = (source: Uint8Array) => source.every((byte) => byte <= 32);

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
