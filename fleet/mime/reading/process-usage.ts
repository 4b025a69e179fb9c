import { readFile } from "node:fs/promises";

export interface ProcessUsage {
  /** The CPU time since the process started. */
  cpuMs: number;
  residentBytes: number;
}

/** The unit of CPU time on Linux: hundredths of a second (USER_HZ), independent of the kernel's own tick. */
const TICK_MS = 10;

/**
 * Returns how much CPU time and memory a process uses; null if unknown, as on all systems except
 * Linux.
 */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
  const [stat, status] = await Promise.all([read("stat"), read("status")]);
  // proc(5): the name is in parentheses and may contain anything. The 3rd field follows it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const kib = /^VmRSS:\s{1,20}(\d{1,12}) kB$/m.exec(status)?.[1];
  if (kib === undefined || !Number.isFinite(userTicks + systemTicks)) return null;
  return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: Number(kib) * 1_024 };
}
