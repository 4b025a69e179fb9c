/** An entry of the library's log, as far as it is looked at. */
interface LogEntry {
  msg?: unknown;
  /** Of a line that it could not parse. */
  payloadBytes?: unknown;
  /** Milliseconds that the server wants to be left alone. */
  throttleDelay?: unknown;
}

const DROPPED = new Set<unknown>([
  "Failed to process untagged response",
  "Invalid entries in the SEARCH result",
  "Invalid entries in the ESEARCH ALL result",
]);

/**
 * The library's log, which says what its results do not. It drops a line that it cannot read and lets the command
 * succeed, so that a line of SEARCH would be missed in silence; and it waits in silence while a server wants to be
 * left alone. No text of the server's is kept.
 */
export class ClientLog {
  /** How many lines could not be read so far. */
  unreadLines = 0;
  throttledMs: number | null = null;
  onThrottled = () => {};

  error(entry: LogEntry): void {
    if (entry.payloadBytes !== undefined) this.unreadLines += 1;
  }

  warn({ msg, throttleDelay }: LogEntry): void {
    if (DROPPED.has(msg)) this.unreadLines += 1;
    if (typeof throttleDelay !== "number") return;
    this.throttledMs = throttleDelay;
    this.onThrottled();
  }

  fatal(): void {}
  info(): void {}
  debug(): void {}

  /** Entries of other levels are not even made. */
  isLevelEnabled(level: string): boolean {
    return level === "error" || level === "warn";
  }
}
