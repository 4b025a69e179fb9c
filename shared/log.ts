import { escapeUnseen } from "./visible-text.ts";

/**
 * The names are in snake_case, with the unit at the end. The values are never bodies, addresses or
 * tokens.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Writes JSON lines: one line with many fields for each unit of work. Its name is a noun and a verb
 * in the past tense (`mailbox.synced`).
 */
export interface Log {
  /** Logs what a human must act on. */
  error(event: string, fields?: LogFields): void;
  /** Logs what was handled but rarely happens. */
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  /** Returns a log that adds these fields to each line. */
  with(fields: LogFields): Log;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Maximum length of a field. Texts from servers and partners may be long; a stack trace is shorter.
 */
const MAX_TEXT = 8_192;

const boundText = (_: string, value: unknown) =>
  typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)} …` : value;

/**
 * Creates a log that writes JSON lines.
 *
 * @param write Gets one line without its line feed.
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
