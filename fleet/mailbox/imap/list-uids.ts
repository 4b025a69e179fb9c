import type { UidWindow } from "./uid-window.ts";

/** A server's answer to a request for the UIDs of a range. */
export type UidAnswer =
  | { kind: "all"; uids: number[] }
  /** The server looked at no more than this many messages of the range (MESSAGELIMIT, RFC 9738, 3.1). */
  | { kind: "limited"; limit: number }
  /** The server refused the command, or sent a line that cannot be parsed. */
  | { kind: "refused"; error: unknown };

export interface UidSource {
  /** Sends UID SEARCH. With `since`, finds only mail received on that day or later. */
  search(range: UidWindow, since?: Date): Promise<UidAnswer>;
  /** Sends UID FETCH, for servers that refuse to search. */
  fetch(range: UidWindow, since?: Date): Promise<UidAnswer>;
}

/**
 * Returns the existing UIDs of a range, ascending: by SEARCH, else by FETCH. If the server looks at only a part of
 * the range, asks for each half.
 */
export async function listUids(
  source: UidSource,
  range: UidWindow,
  since?: Date,
): Promise<number[]> {
  const found = await source.search(range, since);
  const answer = found.kind === "refused" ? await source.fetch(range, since) : found;
  switch (answer.kind) {
    case "refused":
      throw answer.error;
    case "all": {
      const isWithin = (uid: number) => uid >= range.first && uid <= range.last;
      return [...new Set(answer.uids)].filter(isWithin).toSorted((x, y) => x - y);
    }
    case "limited": {
      const middle = Math.floor((range.first + range.last) / 2);
      const lower = await listUids(source, { first: range.first, last: middle }, since);
      const upper = await listUids(source, { first: middle + 1, last: range.last }, since);
      return [...lower, ...upper];
    }
  }
}

/** Returns whether the range may hold more than `limit` messages. */
export const isCutShort = ({ first, last }: UidWindow, limit: number) =>
  last - first + 1 > Math.max(limit, 1);
