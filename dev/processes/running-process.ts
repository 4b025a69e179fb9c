import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";

/** A process. The start time distinguishes it from a later process with the same id. */
export const runningProcess = v.strictObject({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  /** The start time, as the system writes it. */
  began: v.string(),
});
export type RunningProcess = v.InferOutput<typeof runningProcess>;

/**
 * Finds the running process with this id. Returns undefined when there is none, or when it is a
 * zombie.
 */
export function findProcess(pid: number): RunningProcess | undefined {
  const began = process.platform === "linux" ? beganOnLinux(pid) : beganByPs(pid);
  return began === undefined ? undefined : { pid, began };
}

export const isAlive = (known: RunningProcess) => findProcess(known.pid)?.began === known.began;

/**
 * Sends a signal to the process group of `pid`: the process and everything that it started. Returns
 * false when the whole group has ended.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Waits until a process has ended. Returns false when it still runs after `timeoutMs`. */
export async function waitForEnd(known: RunningProcess, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(known)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/**
 * Returns the start time of a process, from /proc. After the name, the first field is the state and
 * the twentieth is the start time (proc_pid_stat(5)).
 */
function beganOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function beganByPs(pid: number): string | undefined {
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() || undefined;
}
