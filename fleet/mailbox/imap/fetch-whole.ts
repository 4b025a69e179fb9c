import type { ImapConnection } from "./imap-connection.ts";

/**
 * Fetches messages, and doubts those whose length is not the size that the server names for them: a
 * broken literal looks like a shorter mail. Some servers name wrong sizes, so what comes twice in the
 * same bytes is believed; what does not is left out.
 *
 * @param sizes RFC822.SIZE by UID.
 */
export async function fetchWhole(
  connection: Pick<ImapConnection, "fetchBodies">,
  sizes: ReadonlyMap<number, number>,
  uids: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const bodies = await connection.fetchBodies(uids);
  const doubtful = [...bodies].filter(([uid, source]) => source.length !== sizes.get(uid));
  for (const [uid, source] of doubtful) {
    const again = (await connection.fetchBodies([uid])).get(uid);
    if (again && (again.length === sizes.get(uid) || isEqual(again, source)))
      bodies.set(uid, again);
    else bodies.delete(uid);
  }
  return bodies;
}

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
