import { escapeUnseen } from "./visible-text.ts";

/**
 * The fields of a log line. Names are in snake_case and end with the unit. Values are never bodies,
 * addresses or tokens.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Writes JSON lines, one for each unit of work. `event` is a noun and a verb in the past tense,
 * such as `mailbox.synced`.
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
 * The maximum length of a field. Texts from servers and partners may exceed it and are cut. Stack
 * traces are shorter.
 */
const MAX_TEXT = 8_192;

const boundText = (_: string, value: unknown) =>
  typeof value === "string" && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)} …` : value;

/**
 * A log whose levels share one method, `write()`. It is a class, because each user has a log, and
 * closures would use more memory.
 */
export abstract class LevelLog implements Log {
  protected abstract write(level: LogLevel, event: string, fields?: LogFields): void;
  abstract with(fields: LogFields): Log;

  error(event: string, fields?: LogFields): void {
    this.write("error", event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.write("warn", event, fields);
  }

  info(event: string, fields?: LogFields): void {
    this.write("info", event, fields);
  }

  debug(event: string, fields?: LogFields): void {
    this.write("debug", event, fields);
  }
}

/**
 * Creates a log that writes JSON lines.
 *
 * @param print Called with each line, without a line feed.
 */
export const createLog = (print: (line: string) => void, level: LogLevel = "info"): Log =>
  new JsonLog(print, LOG_LEVELS.indexOf(level), {});

class JsonLog extends LevelLog {
  readonly #print: (line: string) => void;
  /** The index in LOG_LEVELS of the lowest level that is printed. */
  readonly #threshold: number;
  readonly #base: LogFields;

  constructor(print: (line: string) => void, threshold: number, base: LogFields) {
    super();
    this.#print = print;
    this.#threshold = threshold;
    this.#base = base;
  }

  with(fields: LogFields): Log {
    return new JsonLog(this.#print, this.#threshold, { ...this.#base, ...fields });
  }

  protected write(level: LogLevel, event: string, fields?: LogFields): void {
    if (LOG_LEVELS.indexOf(level) < this.#threshold) return;
    const line = { at: new Date().toISOString(), level, event, ...this.#base, ...fields };
    // Control characters become JSON escapes: a parser restores them, and a terminal does not
    // execute them.
    this.#print(escapeUnseen(JSON.stringify(line, boundText)));
  }
}
