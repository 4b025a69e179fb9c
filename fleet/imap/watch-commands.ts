import { MAX_BODY_BYTES } from "./fetched-mail.ts";
import { FETCHED_UIDS } from "./judge-reading.ts";
import { MAX_UINT32 } from "./responses/uint32.ts";

export type WatchCommand = "idle" | "search" | "fetch";

/** The UIDs and items that the commands ask for. */
interface CommandTarget {
  /** The UID at which SEARCH begins. */
  searchFrom: number;
  /** The UID at which FETCH begins. */
  fetchFrom: number;
  /** Whether messages have Gmail's labels (X-GM-EXT-1). */
  hasLabels: boolean;
}

/** The running commands of one connection, in the order in which they were sent (RFC 9051, 5.5). */
export class WatchCommands {
  readonly #running: WatchCommand[] = [];
  /** The number in the last tag. The tags are `W1`, `W2` and so on. */
  #tag = 0;

  get count(): number {
    return this.#running.length;
  }

  /** Returns the lines to send for these commands, and counts the commands as running. */
  start(commands: readonly WatchCommand[], target: CommandTarget): string {
    this.#running.push(...commands);
    return commands
      .map((command) => `W${++this.#tag} ${formatCommand(command, target)}\r\n`)
      .join("");
  }

  /** Removes and returns the oldest running command if it has this tag; otherwise returns null. */
  complete(tag: string): WatchCommand | null {
    const expected = this.#tag - this.#running.length + 1;
    return tag === `W${expected}` ? (this.#running.shift() ?? null) : null;
  }
}

function formatCommand(
  command: WatchCommand,
  { searchFrom, fetchFrom, hasLabels }: CommandTarget,
): string {
  switch (command) {
    case "idle":
      return "IDLE";
    case "search":
      // `n:*` also covers the last message when its UID is below n (RFC 9051, 9: seq-range).
      return `UID SEARCH UID ${searchFrom}:*`;
    case "fetch": {
      const labels = hasLabels ? " X-GM-LABELS" : "";
      const items = `UID FLAGS INTERNALDATE RFC822.SIZE${labels} BODY.PEEK[]<0.${MAX_BODY_BYTES}>`;
      // Not `n:*`, since the answer to that has no limit.
      return `UID FETCH ${fetchFrom}:${Math.min(fetchFrom + FETCHED_UIDS - 1, MAX_UINT32)} (${items})`;
    }
  }
}
