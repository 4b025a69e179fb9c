import { escapeUnseen } from "./visible-text.ts";

/**
 * The fields of a log line. Names are in snake_case and end with the unit. Values are never bodies,
 * addresses or tokens.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Writes JSON lines: one line with many fields for each unit of work. The event's name is a noun
 * and a verb in the past tense (`mailbox.synced`).
 */
export interface Log {
  /** Logs a problem that a person must solve. */
  error(event: string, fields?: LogFields): void;
  /** Logs a rare problem that was handled. */
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  /** Returns a log that adds these fields to each line. */
  with(fields: LogFields): Log;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The maximum length of a field; a longer text is cut. It is more than a stack trace needs, but
 * texts from servers and partners may be longer.
 */
const MAX_TEXT = 8_192;

const boundText = (_: string, value: unknown) =>
  typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)} …` : value;

/**
 * Creates a log that writes JSON lines.
 *
 * @param write Called with each line, without a line feed.
 */
export function createLog(
  write: (line: string) => void,
  level: LogLevel = "info",
  base: LogFields = {},
): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at = (name: LogLevel) => (event: string, fields?: LogFields) => {
    if (LOG_LEVELS.indexOf(name) < threshold) return;
    const line = { at: new Date().toISOString(), level: name, event, ...base, ...fields };
    // Control characters become JSON escapes: a parser restores them, and a terminal does not
    // execute them.
    write(escapeUnseen(JSON.stringify(line, boundText)));
  };
  return {
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    with: (fields) => createLog(write, level, { ...base, ...fields }),
  };
}
