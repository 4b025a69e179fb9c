import type { HostileReport } from "./run-hostile.ts";

const MAX_MORE_MIB = 50;
const MAX_STALL_MS = 200;
const MAX_P99_MS = 1_000;

/**
 * Returns one text for each limit of docs/reliability.md that was exceeded while there were hostile
 * users.
 */
export function judgeHostileRun({ sent, delivered, quiet, attacked }: HostileReport): string[] {
  const faults: string[] = [];
  const find = (what: string, found: string, wanted: string) =>
    faults.push(`${what}: found ${found}, wanted ${wanted}`);
  if (delivered < sent) find("Lost", `${sent - delivered} of ${sent}`, "none");
  const moreMib = attacked.maxRssMib - quiet.maxRssMib;
  if (moreMib > MAX_MORE_MIB)
    find("More memory", `${Math.round(moreMib)} MiB`, `${MAX_MORE_MIB} MiB at most`);
  // Long stalls without hostile users are caused by the machine, so they raise the limit.
  const maxStallMs = Math.max(MAX_STALL_MS, quiet.longestStallMs);
  if (attacked.longestStallMs > maxStallMs)
    find(
      "Longest stall",
      `${Math.round(attacked.longestStallMs)} ms`,
      `${Math.round(maxStallMs)} ms at most`,
    );
  const maxP99Ms = Math.max(MAX_P99_MS, quiet.p99Ms);
  if (attacked.p99Ms > maxP99Ms)
    find("p99 of others", `${Math.round(attacked.p99Ms)} ms`, `${Math.round(maxP99Ms)} ms at most`);
  return faults;
}
