import { readFile } from "node:fs/promises";

export interface ProcessUsage {
  /** Since it began. */
  cpuMs: number;
  residentBytes: number;
}

/** Linux counts in hundredths of a second, whatever its kernel does inside (USER_HZ). */
const TICK_MS = 10;

/** What a process has taken; null where the system does not tell, as only Linux does. */
export async function usageOf(pid: number): Promise<ProcessUsage | null> {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
  const [stat, status] = await Promise.all([read("stat"), read("status")]);
  // proc(5): the name, which may hold anything, is in parentheses; then the 3rd field follows.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const kib = /^VmRSS:\s{1,20}(\d{1,12}) kB$/m.exec(status)?.[1];
  if (kib === undefined || !Number.isFinite(userTicks + systemTicks)) return null;
  return { cpuMs: (userTicks + systemTicks) * TICK_MS, residentBytes: Number(kib) * 1_024 };
}
