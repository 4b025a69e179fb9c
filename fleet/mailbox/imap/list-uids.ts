import { MAX_NAMED_UIDS } from "./input/input-limits.ts";
import type { UidWindow } from "./uid-window.ts";

/** A server's answer to a request for the UIDs of a range. */
export type UidAnswer =
  | { kind: "all"; uids: number[] }
  /** The server checked at most `limit` messages of the range (MESSAGELIMIT, RFC 9738, 3.1). */
  | { kind: "limited"; limit: number }
  /** The server refused the command, or sent a line that cannot be parsed. */
  | { kind: "refused"; error: unknown };

export interface UidSource {
  /** Sends UID SEARCH. With `since`, finds only mail received on that day or later. */
  search(range: UidWindow, since?: Date): Promise<UidAnswer>;
  /** Sends UID FETCH, for servers that refuse to search. */
  fetch(range: UidWindow, since?: Date): Promise<UidAnswer>;
}

/** Thrown when a server needs more commands, or sends more UIDs, than an honest server does. */
export class EndlessAnswer extends Error {
  override readonly name = "EndlessAnswer";
}

/**
 * How many commands one range may take. Enough for a server that checks only a thousand messages
 * per command. Without a limit, a server that cuts every answer short would be asked four billion
 * times.
 */
const MAX_COMMANDS = 10_000;

/**
 * Returns the existing UIDs of a range, ascending. Uses SEARCH, or FETCH if SEARCH is refused. If
 * the server checks only a part of the range, asks for each half.
 *
 * @throws {EndlessAnswer} when the server sends more UIDs, or needs more commands, than an honest
 * server.
 */
export async function listUids(
  source: UidSource,
  range: UidWindow,
  since?: Date,
): Promise<number[]> {
  const uids: number[] = [];
  /**
   * The ranges that are not listed yet, the highest first. The last one is listed next, so UIDs are
   * found in ascending order.
   */
  const ranges = [range];
  for (let commands = 1; ; commands++) {
    const next = ranges.pop();
    if (!next) return uids;
    if (commands > MAX_COMMANDS || uids.length > MAX_NAMED_UIDS)
      throw new EndlessAnswer("Cannot list the messages: the answers do not end");
    const found = await source.search(next, since);
    const answer = found.kind === "refused" ? await source.fetch(next, since) : found;
    switch (answer.kind) {
      case "refused":
        throw answer.error;
      case "all": {
        const isWithin = (uid: number) => uid >= next.first && uid <= next.last;
        for (const uid of [...new Set(answer.uids)].filter(isWithin).toSorted((x, y) => x - y))
          uids.push(uid);
        break;
      }
      case "limited": {
        const middle = Math.floor((next.first + next.last) / 2);
        ranges.push({ first: middle + 1, last: next.last }, { first: next.first, last: middle });
      }
    }
  }
}

/** Returns whether the range may hold more than `limit` messages. */
export const isCutShort = ({ first, last }: UidWindow, limit: number) =>
  last - first + 1 > Math.max(limit, 1);
