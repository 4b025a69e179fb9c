import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { MAX_SEED } from "./draw.ts";
import { type FuzzFinding, keepFinding } from "./finding.ts";
import { countFindings, describeProgress, fuzz, type Fuzzer, type FuzzLimits } from "./fuzz.ts";

const LIMITS: FuzzLimits = { seed: 7, maxRuns: Infinity, maxMs: Infinity };
const finding = (seed: number): FuzzFinding => ({
  fuzzer: "mime",
  seed,
  kind: "slow",
  detail: "it took long",
  input: Buffer.from("Subject: a\r\n\r\nb\r\n"),
});

function newFuzzer(run: (seed: number) => FuzzFinding[]): Fuzzer & { seeds: number[] } {
  const seeds: number[] = [];
  return {
    name: "mime",
    seeds,
    run: async (seed) => {
      seeds.push(seed);
      return run(seed);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const newDeps = (signal = new AbortController().signal) => {
  const kept: FuzzFinding[] = [];
  const said: string[] = [];
  const keep = async (found: FuzzFinding) => {
    kept.push(found);
    return "a file";
  };
  return { say: (line: string) => void said.push(line), keep, kept, said, signal };
};

test("each run has the next seed, and after the largest comes 0", async () => {
  const fuzzer = newFuzzer(() => []);
  await fuzz([fuzzer], { ...LIMITS, seed: MAX_SEED - 1, maxRuns: 3 }, newDeps());
  expect(fuzzer.seeds).toEqual([MAX_SEED - 1, MAX_SEED, 0]);
});

test("it runs until the signal aborts", async () => {
  const stop = new AbortController();
  const fuzzer = newFuzzer((seed) => {
    if (seed === 50) stop.abort();
    return [];
  });
  const [count] = await fuzz([fuzzer], LIMITS, newDeps(stop.signal));
  expect(count?.runs).toBe(43);
});

test("it starts no run once the time is over", async () => {
  const fuzzer = newFuzzer(() => []);
  await fuzz([fuzzer], { ...LIMITS, maxMs: 0 }, newDeps());
  expect(fuzzer.seeds).toEqual([]);
});

test("findings are counted, printed and stored, at most twenty of one kind", async () => {
  const deps = newDeps();
  const counts = await fuzz(
    [newFuzzer((seed) => [finding(seed)])],
    { ...LIMITS, maxRuns: 30 },
    deps,
  );
  expect(countFindings(counts)).toBe(30);
  expect(deps.kept.map(({ seed }) => seed)).toEqual(Array.from({ length: 20 }, (_, n) => n + 7));
  expect(deps.said[0]).toBe("✗ mime, slow: it took long\n  a file");
  expect(describeProgress(counts, 65_000, 7)).toBe(
    " 1:05  mime 30 runs (0.5/s), findings 30, seed 7",
  );
});

test("a finding is stored with its input and the command that repeats it", async () => {
  await using folder = await temporaryFolder();
  const told = await keepFinding(folder.path, finding(7));
  const files = await readdir(folder.path);
  expect(files.toSorted()).toEqual(["mime-7-slow.finding.txt", "mime-7-slow.input.eml"]);
  expect(await readFile(told, "utf8")).toBe(
    `slow: it took long\n\nRepeat it:\n  npm run soak -- fuzz --only mime --seed 7 --runs 1\n` +
      `  npm run soak -- fuzz --repeat ${folder.path}/mime-7-slow.input.eml\n`,
  );
  expect(await readFile(`${folder.path}/mime-7-slow.input.eml`)).toEqual(finding(7).input);
});
