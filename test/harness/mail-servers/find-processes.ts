import { readdir, readFile, readlink } from "node:fs/promises";

export interface FoundProcess {
  pid: number;
  /**
   * The id of the process in its innermost PID namespace. Outside that namespace, the id is `pid`.
   */
  innerPid: number;
}

/** Finds the processes with this name and working directory. Linux only. */
export async function findProcesses(name: string, folder: string): Promise<FoundProcess[]> {
  const found: FoundProcess[] = [];
  for (const entry of (await readdir("/proc")).filter((file) => /^\d+$/.test(file))) {
    const pid = Number(entry);
    const workingFolder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (workingFolder !== folder) continue;
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (/^Name:\t(.*)$/m.exec(status)?.[1] !== name) continue;
    found.push({ pid, innerPid: Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1] ?? pid) });
  }
  return found;
}

/** Ends the processes. Ignores processes that have already ended. */
export function endProcesses(found: readonly FoundProcess[]): void {
  for (const { pid } of found) {
    try {
      process.kill(pid);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}
