import type { ImapConnection } from "../imap-connection.ts";

interface Wanted {
  /** RFC822.SIZE by UID. */
  sizes: ReadonlyMap<number, number>;
  /** Returns whether this is the last try to fetch the message for now. */
  isLastTry(uid: number): boolean;
  /**
   * Returns whether the fetch takes too long. If so, messages with an unexpected length are left
   * out at once.
   */
  isLate(): boolean;
}

/**
 * Fetches complete messages. A message without the size that the server reports may lack a part,
 * for example after a broken literal. Such a message is fetched a second time. The first rule that
 * applies decides:
 * - The second copy has the reported size: it is accepted.
 * - Both copies are empty or blank: neither is accepted.
 * - Both copies are equal: the second is accepted. Some servers report wrong sizes.
 * - It is the last try: the longer copy is accepted. Some servers change a mail at each FETCH,
 *   for example a virus scanner's header or the MIME boundaries.
 *
 * Messages that are not accepted are left out.
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

/**
 * Returns the copy to accept; undefined if neither is accepted.
 *
 * @param size The size that the server reports; undefined if it reports none.
 */
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
