import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CHECKOUT, inCheckout } from "../checkout.ts";
import type { Progress } from "../terminal/progress.ts";
import { signalGroup } from "../processes/running-process.ts";
import type { Check } from "./checks.ts";
import { type Part, toPart } from "./part.ts";
import { readTestReport } from "./test-report.ts";

export interface CheckRunOptions {
  /** How many checks run at the same time. */
  concurrency: number;
  env?: Readonly<Record<string, string>>;
  progress: Progress;
  signal: AbortSignal;
}

/** How many of the last output lines of a failed check are printed. The log file has all lines. */
const SHOWN_LINES = 200;
const LOGS = inCheckout(".dev", "logs", "checks");

/** Runs all checks, even when some fail. Prints the output of the failed checks. */
export async function runChecks(
  checks: readonly Check[],
  options: CheckRunOptions,
): Promise<Part[]> {
  await mkdir(LOGS, { recursive: true });
  const waiting = checks.values();
  const parts: Part[] = [];
  const worker = async () => {
    for (const check of waiting) {
      if (options.signal.aborted) return;
      parts.push(await runCheck(check, options));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return parts;
}

class FailedCheck extends Error {
  readonly part: Part;
  constructor(part: Part, output: string) {
    super(output);
    this.part = part;
  }
}

async function runCheck(check: Check, options: CheckRunOptions): Promise<Part> {
  try {
    return await options.progress.step(check.name, async () => {
      const { part, output } = await run(check, options);
      if (part.failed > 0) throw new FailedCheck(part, output);
      return part;
    });
  } catch (error) {
    if (!(error instanceof FailedCheck)) throw error;
    const lines = error.message.trim().split("\n").slice(-SHOWN_LINES);
    options.progress.say(`\n${lines.join("\n")}\n`);
    return error.part;
  }
}

async function run(check: Check, options: CheckRunOptions) {
  const slug = check.name.replace(/\W+/g, "-");
  const reportFile = join(LOGS, `${slug}.json`);
  await rm(reportFile, { force: true });
  const [command, ...args] = check.command;
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: CHECKOUT,
    env: { ...process.env, ...options.env, ...check.env, TEST_REPORT: reportFile },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const end = () => child.pid !== undefined && signalGroup(child.pid, "SIGTERM");
  options.signal.addEventListener("abort", end);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  options.signal.removeEventListener("abort", end);
  const durationMs = Math.round(performance.now() - start);
  const output = `${stdout}${stderr}`;
  await writeFile(join(LOGS, `${slug}.log`), output);
  const runsTests = check.project !== undefined;
  const report = runsTests ? await readTestReport(reportFile) : undefined;
  const isGood = code === 0;
  const part = toPart({ name: check.name, durationMs, isGood, runsTests, report });
  return { part, output };
}
