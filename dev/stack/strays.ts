import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import {
  isAlive,
  type RunningProcess,
  runningProcess,
  signalGroup,
  waitForEnd,
} from "../processes/running-process.ts";
import type { StateFolder } from "./state-folder.ts";

const STOP_TIMEOUT_MS = 10_000;

/**
 * Stops the processes that a killed stack has left running: first with SIGTERM, later with SIGKILL.
 *
 * @returns The names of the programs that were still running.
 */
export async function stopStrays(folder: StateFolder): Promise<string[]> {
  const strays = findStrays(folder);
  for (const { known } of strays) signalGroup(known.pid, "SIGTERM");
  await Promise.all(
    strays.map(async ({ known, file }) => {
      await waitForEnd(known, STOP_TIMEOUT_MS);
      signalGroup(known.pid, "SIGKILL");
      await waitForEnd(known, STOP_TIMEOUT_MS);
      rmSync(file, { force: true });
    }),
  );
  return strays.map(({ name }) => name);
}

/**
 * Kills the stack's processes when this process exits, without waiting for their end. Dispose of
 * the result when the stack is stopped.
 */
export function killStraysAtExit(folder: StateFolder): Disposable {
  const kill = () => {
    for (const { known } of findStrays(folder)) signalGroup(known.pid, "SIGKILL");
  };
  process.on("exit", kill);
  return { [Symbol.dispose]: () => process.off("exit", kill) };
}

function findStrays(folder: StateFolder) {
  return runFiles(folder).flatMap((name) => {
    const file = join(folder.run, name);
    const known = readKnown(file);
    if (known && isAlive(known)) return [{ name: name.replace(/\.json$/, ""), file, known }];
    rmSync(file, { force: true });
    return [];
  });
}

function runFiles(folder: StateFolder): string[] {
  try {
    return readdirSync(folder.run).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

function readKnown(file: string): RunningProcess | undefined {
  try {
    return v.parse(runningProcess, JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
