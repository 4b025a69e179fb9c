import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Check } from "./checks.ts";
import { CHECKOUT, inCheckout } from "./checkout.ts";
import type { Progress } from "./progress.ts";
import { signalGroup } from "./running-process.ts";
import { type Counts, readVitestReport } from "./vitest-report.ts";

export interface RunOptions {
  /** How many at once. */
  concurrency: number;
  env?: Readonly<Record<string, string>>;
  progress: Progress;
  signal: AbortSignal;
}

/** The rest is in the log file. */
const SHOWN_LINES = 200;
const LOGS = inCheckout(".dev", "logs", "checks");

/** Runs them all, whatever fails, and shows the output of those that did. */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<Counts> {
  await mkdir(LOGS, { recursive: true });
  const waiting = checks.values();
  const counts: Counts[] = [];
  const worker = async () => {
    for (const check of waiting) {
      if (options.signal.aborted) return;
      counts.push(await runCheck(check, options));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return sumOf(counts);
}

export const sumOf = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
  remarks: all.flatMap(({ remarks }) => remarks),
});

class FailedCheck extends Error {
  readonly counts: Counts;
  constructor(counts: Counts, output: string) {
    super(output);
    this.counts = counts;
  }
}

async function runCheck(check: Check, options: RunOptions): Promise<Counts> {
  try {
    return await options.progress.step(check.name, async () => {
      const { counts, output } = await run(check, options);
      if (counts.failed > 0) throw new FailedCheck(counts, output);
      return counts;
    });
  } catch (error) {
    if (!(error instanceof FailedCheck)) throw error;
    const lines = error.message.trim().split("\n").slice(-SHOWN_LINES);
    options.progress.say(`\n${lines.join("\n")}\n`);
    return error.counts;
  }
}

async function run(check: Check, options: RunOptions) {
  const slug = check.name.replace(/\W+/g, "-");
  const report = join(LOGS, `${slug}.json`);
  await rm(report, { force: true });
  const [command, ...args] = check.command;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  const child = spawn(command, [...args, ...(check.isVitest ? reporters : [])], {
    cwd: CHECKOUT,
    env: { ...process.env, ...options.env, ...check.env },
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
  const output = `${stdout}${stderr}`;
  await writeFile(join(LOGS, `${slug}.log`), output);
  return { counts: await countsOf(check, report, code === 0), output };
}

/** What failed may be no test: a file that does not load, an error outside of all tests. */
async function countsOf(check: Check, report: string, isGood: boolean): Promise<Counts> {
  const none = { passed: 0, failed: 0, skipped: 0, remarks: [] };
  if (!check.isVitest && isGood) return { ...none, passed: 1 };
  const counts = check.isVitest ? await readVitestReport(report) : none;
  if (isGood || counts.failed > 0) return counts;
  return { ...counts, failed: 1, remarks: [...counts.remarks, `✗ ${check.name}`] };
}
