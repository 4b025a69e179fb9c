import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What a process uses, read from /proc (Linux, proc(5)). */
export interface Usage {
  /** The CPU time since the start of the process. */
  cpuMs: number;
  /** The resident memory. For a child process, only the memory that it does not share. */
  rssMib: number;
  openSockets: number;
}

const TICKS_PER_SECOND = 100;

/**
 * Returns the usage of a process and its children. Undefined if the process has ended or there is
 * no /proc. The current process is counted without its children, because it has started all others.
 */
export function readTreeUsage(pid: number): Usage | undefined {
  try {
    const children = pid === process.pid ? [] : listChildren(pid);
    const usages = [
      readUsage(pid, "VmRSS"),
      ...children.flatMap((child) => tryReadUsage(child) ?? []),
    ];
    return usages.reduce((sum, usage) => ({
      cpuMs: sum.cpuMs + usage.cpuMs,
      rssMib: sum.rssMib + usage.rssMib,
      openSockets: sum.openSockets + usage.openSockets,
    }));
  } catch {
    return undefined;
  }
}

function readUsage(pid: number, memory: "VmRSS" | "RssAnon"): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = new RegExp(String.raw`^${memory}:\s+(\d+) kB`, "m").exec(status)?.[1];
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND,
    rssMib: Number(kib ?? 0) / 1_024,
    openSockets: readdirSync(`/proc/${pid}/fd`).filter((fd) => isSocket(pid, fd)).length,
  };
}

/** Returns the usage of a child process. Returns undefined if the child has just ended. */
function tryReadUsage(child: number): Usage | undefined {
  try {
    return readUsage(child, "RssAnon");
  } catch {
    return undefined;
  }
}

const listChildren = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);

/** Returns whether a file descriptor is a socket. Returns false if it has just been closed. */
function isSocket(pid: number, fd: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith("socket:");
  } catch {
    return false;
  }
}
