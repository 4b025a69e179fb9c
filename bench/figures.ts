import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

/** Returns a percentile of the values (nearest rank). `share` is from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? NaN;
}

export const spread = (valuesMs: readonly number[]) =>
  `p50 ${percentile(valuesMs, 0.5).toFixed(1)} ms, p99 ${percentile(valuesMs, 0.99).toFixed(1)} ms`;

/** Describes the machine on which the benchmark runs. */
export const machine = () =>
  `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;

const TICKS_PER_SECOND = 100;

/** Returns the CPU time of a process in ms, and its resident memory in MiB (Linux: proc(5)). */
export function readUsage(pid: number): { cpuMs: number; rssMib: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, rssMib: Number(resident) / 1_024 };
}

/** Returns the usage of a process and of its direct children, added up. */
export function readTreeUsage(pid: number): { cpuMs: number; rssMib: number } {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && readParent(name) === pid)
    .map((name) => readUsage(Number(name)));
  const all = [readUsage(pid), ...children];
  return {
    cpuMs: all.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    rssMib: all.reduce((sum, { rssMib }) => sum + rssMib, 0),
  };
}

function readParent(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
  } catch {
    return NaN; // The process has ended.
  }
}
