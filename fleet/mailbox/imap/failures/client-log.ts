/** The fields of an entry in ImapFlow's log that are used here. */
interface LogEntry {
  msg?: unknown;
  /** Present for a line that ImapFlow could not parse. */
  payloadBytes?: unknown;
  /** Milliseconds that the server asks the client to wait. */
  throttleDelay?: unknown;
}

const DROPPED = new Set<unknown>([
  "Failed to process untagged response",
  "Invalid entries in the SEARCH result",
  "Invalid entries in the ESEARCH ALL result",
]);

/**
 * Receives ImapFlow's log. ImapFlow reports two things only there:
 * - It dropped a line that it cannot parse, for example a result of SEARCH. The command still
 *   succeeds.
 * - It waits because the server throttles it.
 *
 * Keeps no text from the server.
 */
export class ClientLog {
  /** How many lines could not be parsed so far. */
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

  /** Returns whether entries of this level are wanted. ImapFlow does not create the others. */
  isLevelEnabled(level: string): boolean {
    return level === "error" || level === "warn";
  }
}
