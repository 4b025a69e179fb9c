import { createLog, type Log } from "../../shared/log.ts";

export interface TestLog extends Log {
  /** The lines so far, oldest first. */
  lines: string[];
}

/** Creates a log that keeps its lines. */
export function newTestLog(): TestLog {
  const lines: string[] = [];
  return { ...createLog((line) => lines.push(line), "debug"), lines };
}
