import { setTimeout as delay } from "node:timers/promises";
import { MAX_SEED } from "./draw.ts";
import type { FuzzerName, FuzzFinding } from "./finding.ts";

/** Feeds mutated input to a part of the product, one run at a time. */
export interface Fuzzer extends AsyncDisposable {
  name: FuzzerName;
  /**
   * Performs one run. The seed determines its input. If `signal` aborts, the run ends immediately
   * without a finding.
   */
  run(seed: number, signal: AbortSignal): Promise<FuzzFinding[]>;
  /** Returns a summary of all runs in words. */
  describe?(): string;
}

export interface FuzzLimits {
  /** The seed of the first run. Each later run increases it by 1. */
  seed: number;
  /** The maximum number of runs of each fuzzer. */
  maxRuns: number;
  maxMs: number;
}

export interface FuzzDeps {
  say(line: string): void;
  /** Stores a finding. Returns where it is stored. */
  keep(finding: FuzzFinding): Promise<string>;
  signal: AbortSignal;
}

/** The progress of one fuzzer. */
export interface FuzzCount {
  name: FuzzerName;
  describe: () => string;
  runs: number;
  /** The number of findings by kind. */
  findings: Map<string, number>;
}

const PROGRESS_MS = 5_000;
/**
 * How many findings of one kind are stored. Further ones are only counted, because they usually
 * have the same cause.
 */
const MAX_KEPT = 20;

/**
 * Runs the fuzzers at the same time. Ends when each has done its runs, when the time is over, or
 * when the signal aborts.
 */
export async function fuzz(
  fuzzers: readonly Fuzzer[],
  limits: FuzzLimits,
  deps: FuzzDeps,
): Promise<FuzzCount[]> {
  const counts = fuzzers.map((fuzzer): FuzzCount => {
    const describe = () => fuzzer.describe?.() ?? "";
    return { name: fuzzer.name, describe, runs: 0, findings: new Map() };
  });
  const startMs = performance.now();
  const over = new AbortController();
  const progress = reportProgress(deps.say, over.signal, () =>
    describeProgress(counts, performance.now() - startMs, limits.seed),
  );
  try {
    const untilMs = startMs + limits.maxMs;
    await Promise.all(
      fuzzers.map((fuzzer, i) => repeat(fuzzer, counts[i], { ...limits, untilMs }, deps)),
    );
  } finally {
    over.abort();
    await progress;
  }
  return counts;
}

async function repeat(
  fuzzer: Fuzzer,
  count: FuzzCount | undefined,
  { seed, maxRuns, untilMs }: FuzzLimits & { untilMs: number },
  { say, keep, signal }: FuzzDeps,
): Promise<void> {
  if (!count) return;
  while (!signal.aborted && count.runs < maxRuns && performance.now() < untilMs) {
    const findings = await fuzzer.run((seed + count.runs) % (MAX_SEED + 1), signal);
    if (signal.aborted) return;
    count.runs++;
    for (const finding of findings) {
      const { kind, detail } = finding;
      const found = (count.findings.get(kind) ?? 0) + 1;
      count.findings.set(kind, found);
      if (found > MAX_KEPT) continue;
      say(`✗ ${fuzzer.name}, ${kind}: ${firstLine(detail)}\n  ${await keep(finding)}`);
    }
  }
}

const firstLine = (text: string) => text.split("\n", 1)[0]?.slice(0, 200);

/** Returns the total number of findings of all fuzzers. */
export const countFindings = (counts: readonly FuzzCount[]): number =>
  counts.flatMap(({ findings }) => [...findings.values()]).reduce((sum, n) => sum + n, 0);

/** Describes the progress of all fuzzers in one line. */
export function describeProgress(
  counts: readonly FuzzCount[],
  elapsedMs: number,
  seed: number,
): string {
  const seconds = Math.round(elapsedMs / 1_000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const runs = counts.map(
    ({ name, runs, describe }) =>
      `${name} ${runs} runs (${(runs / (elapsedMs / 1_000)).toFixed(1)}/s${describe()})`,
  );
  return `${clock.padStart(5)}  ${[...runs, `findings ${countFindings(counts)}`, `seed ${seed}`].join(", ")}`;
}

async function reportProgress(
  say: (line: string) => void,
  signal: AbortSignal,
  describe: () => string,
): Promise<void> {
  while (!signal.aborted) {
    await delay(PROGRESS_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) say(describe());
  }
}
