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

/**
 * Returns the CPU time of a process and of its direct children in ms, including children that have
 * ended.
 */
function readTreeCpuMs(pid: number): number {
  const living = readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
    return stat?.parent === pid ? [stat.ownMs] : [];
  });
  const { ownMs, endedMs } = readStat(pid) ?? { ownMs: NaN, endedMs: NaN };
  return ownMs + endedMs + living.reduce((sum, ms) => sum + ms, 0);
}

/** Returns null for a process that has ended. */
function readStat(pid: number): { parent: number; ownMs: number; endedMs: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    const sum = (...at: number[]) => at.reduce((ticks, n) => ticks + Number(fields[n]), 0);
    const toMs = (ticks: number) => (ticks * 1_000) / TICKS_PER_SECOND;
    return { parent: Number(fields[1]), ownMs: toMs(sum(11, 12)), endedMs: toMs(sum(13, 14)) };
  } catch {
    return null;
  }
}

/** The CPU time that each program of a benchmark has used, in ms. */
export type CpuTimes = Readonly<Record<string, number>>;

interface Programs {
  fleet: { pid: number };
  nats: { pid: number };
  postgres: { pid: number };
}

/**
 * Reads the CPU time of the programs of a stack, and of this process.
 *
 * @param own What this process does in the benchmark.
 */
export const readCpuTimes = ({ fleet, nats, postgres }: Programs, own: string): CpuTimes => ({
  fleet: readUsage(fleet.pid).cpuMs,
  "nats-server": readUsage(nats.pid).cpuMs,
  PostgreSQL: readTreeCpuMs(postgres.pid),
  [own]: readUsage(process.pid).cpuMs,
});

/** Describes the CPU time of each program between two readings, divided by `parts`. */
export const describeCpuTimes = (before: CpuTimes, after: CpuTimes, parts: number): string =>
  Object.entries(before)
    .map(([name, ms]) => `${name} ${(((after[name] ?? NaN) - ms) / parts).toFixed(2)} ms`)
    .join(", ");
