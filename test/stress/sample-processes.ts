import { setTimeout as delay } from "node:timers/promises";
import { readTreeUsage } from "./process-usage.ts";

export interface Sample {
  process: string;
  /** In ms of `performance.now()`. */
  atMs: number;
  rssMib: number;
  /**
   * The CPU use since the previous sample, as a share of one core. Null in the first sample of a
   * process.
   */
  cpuShare: number | null;
  openSockets: number;
}

const INTERVAL_MS = 2_000;

/** Takes samples of each running process until the signal aborts. */
export async function sampleProcesses(
  pids: ReadonlyMap<string, () => number>,
  samples: Sample[],
  signal: AbortSignal,
): Promise<void> {
  const before = new Map<string, { pid: number; cpuMs: number; atMs: number }>();
  while (!signal.aborted) {
    for (const [process, pidOf] of pids) {
      const pid = pidOf();
      const usage = readTreeUsage(pid);
      if (!usage) continue;
      const { cpuMs, rssMib, openSockets } = usage;
      const atMs = performance.now();
      const last = before.get(process);
      const cpuShare =
        last?.pid === pid ? Math.max((cpuMs - last.cpuMs) / (atMs - last.atMs), 0) : null;
      before.set(process, { pid, cpuMs, atMs });
      samples.push({ process, atMs, rssMib, cpuShare, openSockets });
    }
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
