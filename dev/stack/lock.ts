import { rm, writeFile } from "node:fs/promises";
import { readJsonFile } from "../processes/private-file.ts";
import { findProcess, isAlive, runningProcess } from "../processes/running-process.ts";

/** Thrown when another stack uses the same folder. */
class AlreadyRunningError extends Error {
  override readonly name = "AlreadyRunningError";
}

/**
 * Locks a folder, so that only one stack uses it. A lock is ignored when its process has ended.
 *
 * @throws {AlreadyRunningError} when another stack uses the folder.
 */
export async function takeLock(lockFile: string): Promise<AsyncDisposable> {
  const holder = await readJsonFile(lockFile, runningProcess);
  if (holder && isAlive(holder)) throw alreadyRunning(holder.pid);
  await rm(lockFile, { force: true });
  const text = JSON.stringify(findProcess(process.pid));
  await writeFile(lockFile, text, { flag: "wx", mode: 0o600 }).catch((cause: unknown) => {
    throw new AlreadyRunningError("Cannot start: another stack is starting here", { cause });
  });
  return { [Symbol.asyncDispose]: () => rm(lockFile, { force: true }) };
}

const alreadyRunning = (pid: number) =>
  new AlreadyRunningError(`Cannot start: a stack is running here already, as process ${pid}`);
