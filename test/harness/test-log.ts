import { createLog, type Log } from "../../shared/log.ts";

export interface TestLog extends Log {
  /** The lines that were logged up to now, oldest first. */
  lines: string[];
}

/** Creates a log that stores its lines. */
export function newTestLog(): TestLog {
  const lines: string[] = [];
  return Object.assign(
    createLog((line) => lines.push(line), "debug"),
    { lines },
  );
}
