import { readFile } from "node:fs/promises";

export interface ProcessUsage {
  /** The CPU time since the process started. */
  cpuMs: number;
  residentBytes: number;
}

/**
 * The unit in which Linux reports CPU time: 10 ms (USER_HZ). It does not depend on the kernel's own
 * tick.
 */
const TICK_MS = 10;

/**
 * Returns how much CPU time and memory a process uses; null if unknown, as on all systems except
 * Linux.
 */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
  const [stat, status] = await Promise.all([read("stat"), read("status")]);
  // The second field, the process name, is in parentheses and may contain any character (proc(5)).
  // So the third field begins after the last closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const kib = /^VmRSS:\s{1,20}(\d{1,12}) kB$/m.exec(status)?.[1];
  if (kib === undefined || !Number.isFinite(userTicks + systemTicks)) return null;
  return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: Number(kib) * 1_024 };
}
