import { toErrorText } from "../../../shared/errors.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { MailProcess } from "./mail-process.ts";
import type { MailQuestion } from "./mail-question.ts";
import { type ProcessUsage, readProcessUsage } from "./process-usage.ts";

/** The limits for reading one mail. */
export interface MailBudget {
  /** CPU time, which does not depend on the load of the machine. */
  cpuMs: number;
  /**
   * Elapsed time. This limit also ends a process that only waits, and applies on systems that do
   * not report CPU time.
   */
  deadlineMs: number;
  /** Memory of the whole process that reads the mail. */
  memoryBytes: number;
}

export type Reading =
  | { kind: "read"; json: string }
  /** The process was killed. Reading the same mail again would end the same way. */
  | { kind: "over_budget"; reason: string }
  /** The process ended by itself. Whether the mail is the cause is not known. */
  | { kind: "died"; reason: string };

/**
 * The interval between two checks of the usage. In this time, a process can allocate at most half a
 * gigabyte.
 */
const WATCH_MS = 50;

/**
 * Lets a process read a mail. Kills the process when the reading exceeds the budget: a slow regular
 * expression cannot be stopped in any other way.
 */
export async function readInBudget(
  { clock }: { clock: Clock },
  mailProcess: MailProcess,
  { question, raw, budget }: { question: MailQuestion; raw: Uint8Array; budget: MailBudget },
): Promise<Reading> {
  const over = new AbortController();
  const answered = mailProcess.ask(question, raw).then(
    (json): Reading => ({ kind: "read", json }),
    (error: unknown): Reading => ({ kind: "died", reason: toErrorText(error) }),
  );
  const exceeded = watch(clock, mailProcess, budget, over.signal);
  try {
    const first = await Promise.race([answered, exceeded]);
    if (first.kind === "over_budget") await mailProcess.kill();
    return first;
  } finally {
    over.abort();
  }
}

/** Resolves when a limit is exceeded; never after `over` aborts. */
async function watch(
  clock: Clock,
  { pid }: MailProcess,
  budget: MailBudget,
  over: AbortSignal,
): Promise<Reading> {
  const startedMs = clock.monotonic();
  let first: ProcessUsage | null = null;
  for (;;) {
    await clock.sleep(WATCH_MS, over);
    if (over.aborted) return await new Promise<never>(() => undefined);
    const usage = await readProcessUsage(pid);
    first ??= usage;
    const elapsedMs = clock.monotonic() - startedMs;
    const cpuMs = (usage?.cpuMs ?? 0) - (first?.cpuMs ?? 0);
    const residentBytes = usage?.residentBytes ?? 0;
    const reason = describeOverrun({ elapsedMs, cpuMs, residentBytes }, budget);
    if (reason !== null) return { kind: "over_budget", reason };
  }
}

function describeOverrun(
  taken: { elapsedMs: number; cpuMs: number; residentBytes: number },
  { cpuMs, deadlineMs, memoryBytes }: MailBudget,
): string | null {
  if (taken.cpuMs >= cpuMs) return `it took longer than ${cpuMs / 1_000} s`;
  if (taken.elapsedMs >= deadlineMs) return `it took longer than ${deadlineMs / 1_000} s`;
  return taken.residentBytes > memoryBytes
    ? `it took more than ${Math.round(memoryBytes / 2 ** 20)} MiB of memory`
    : null;
}
