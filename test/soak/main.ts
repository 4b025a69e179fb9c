import { readFile } from "node:fs/promises";
import { describeError } from "../../dev/terminal/describe-error.ts";
import { untilInterrupted } from "../../dev/terminal/interruption.ts";
import { toErrorText } from "../../shared/errors.ts";
import { type FuzzerName, type FuzzFinding, keepFinding } from "./finding.ts";
import { describeDetails, describeFreezes } from "./freeze/describe-freeze.ts";
import type { FreezeReport } from "./freeze/freeze-report.ts";
import { judgeFreeze } from "./freeze/judge-freeze.ts";
import { runFreeze } from "./freeze/run-freeze.ts";
import { countFindings, describeProgress, fuzz, type Fuzzer } from "./fuzz.ts";
import { judgeHostileRun } from "./hostile/judge-hostile.ts";
import { runHostile } from "./hostile/run-hostile.ts";
import { judgeMemoryRun, measureMemory } from "./memory/judge-memory.ts";
import { runMemory } from "./memory/run-memory.ts";
import { createMimeFuzzer, repeatMail } from "./mime/fuzz-mime.ts";
import { startSessionFuzzer } from "./session/session-fuzzer.ts";
import { parseSoakOptions, SOAK_USAGE, type SoakOptions } from "./soak-options.ts";

const FOLDER = ".soak";

const say = (line: string) => void process.stdout.write(`${line}\n`);
const interrupted = untilInterrupted(() => process.exit(130));
const options = parseSoakOptions(process.argv.slice(2));
try {
  process.exitCode = await run(options);
} catch (error) {
  process.exitCode = interrupted.aborted ? 130 : 1;
  if (!interrupted.aborted) say(describeError(error));
}
process.exit();

/** Runs the requested task. Returns the exit code. */
async function run(asked: SoakOptions): Promise<number> {
  switch (asked.kind) {
    case "help":
      say(SOAK_USAGE);
      return 0;
    case "usage":
      console.error([...asked.faults, "", SOAK_USAGE].join("\n"));
      return 2;
    case "repeat":
      return tell(await repeatMail(await readMail(asked.file)));
    case "fuzz":
      return await runFuzz(asked);
    case "freeze":
      return await runFreezes(asked);
    case "hostile":
      return await judgeHostile(asked);
    case "memory":
      return await judgeMemory(asked);
  }
}

async function readMail(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`Cannot read the mail: ${toErrorText(cause)}`, { cause });
  }
}

function tell(findings: readonly FuzzFinding[]): number {
  for (const { kind, detail } of findings) say(`✗ ${kind}: ${detail}`);
  if (findings.length === 0) say("✓ Nothing is wrong with it");
  return findings.length === 0 ? 0 : 1;
}

async function runFuzz({ only, limits }: Extract<SoakOptions, { kind: "fuzz" }>): Promise<number> {
  say(`Seed ${limits.seed}`);
  await using opened = new AsyncDisposableStack();
  const fuzzers: Fuzzer[] = [];
  const wants = (name: FuzzerName) => only === null || only === name;
  if (wants("mime")) fuzzers.push(opened.use(createMimeFuzzer()));
  if (wants("session")) fuzzers.push(opened.use(await startSessionFuzzer()));
  const startMs = performance.now();
  const keep = (finding: FuzzFinding) => keepFinding(FOLDER, finding);
  const counts = await fuzz(fuzzers, limits, { say, keep, signal: interrupted });
  say(describeProgress(counts, performance.now() - startMs, limits.seed));
  const kinds = counts.flatMap(({ name, findings }) =>
    [...findings].map(([kind, count]) => `✗ ${name}, ${kind}: ${count}`),
  );
  say(kinds.length === 0 ? "✓ Nothing was found" : kinds.join("\n"));
  return countFindings(counts) === 0 ? 0 : 1;
}

async function judgeHostile({
  users,
  hostile,
  seconds,
}: Extract<SoakOptions, { kind: "hostile" }>): Promise<number> {
  const report = await runHostile({ users, hostile, seconds, ratePerS: 10 }, say);
  const { ranOn, sent, delivered, connections, sentMib, states } = report;
  say(`${delivered} of ${sent} mails of others were delivered`);
  say(`The hostile server sent ${Math.round(sentMib)} MiB over ${connections} connections`);
  for (const [state, count] of Object.entries(states)) say(`  ${count} hostile users: ${state}`);
  say(`On ${ranOn}`);
  const faults = judgeHostileRun(report);
  for (const fault of faults) say(`✗ ${fault}`);
  if (faults.length === 0) say("✓ All others went on within the bounds");
  return faults.length === 0 ? 0 : 1;
}

async function judgeMemory(asked: Extract<SoakOptions, { kind: "memory" }>): Promise<number> {
  say(`Seed ${asked.seed}`);
  const report = await runMemory(asked, { say, signal: interrupted });
  const { quartersMib, kibPerMinute, kibPerLogin } = measureMemory(report.samples);
  const quarters = quartersMib.map((mib) => mib.toFixed(1)).join(", ");
  say(`${report.logins} logins of ${report.users} users, ${report.watching} watched at the end`);
  say(`${report.delivered} of ${report.sent} mails were delivered, ${report.repeated} repeated`);
  say(`Memory by quarter (median): ${quarters} MiB`);
  say(`Growth: ${kibPerMinute.toFixed(1)} KiB a minute, ${kibPerLogin.toFixed(2)} KiB a login`);
  say(`On ${report.ranOn}`);
  const faults = judgeMemoryRun(report);
  for (const fault of faults) say(`✗ ${fault}`);
  if (faults.length === 0) say("✓ Memory stayed flat");
  return faults.length === 0 ? 0 : 1;
}

/** Freezes one system after another, each in a newly started world. */
async function runFreezes({
  parties,
  frozenMs,
}: Extract<SoakOptions, { kind: "freeze" }>): Promise<number> {
  const reports: FreezeReport[] = [];
  let hasFaults = false;
  for (const party of parties) {
    const report = await runFreeze({ party, frozenMs }, { say, signal: interrupted });
    reports.push(report);
    for (const line of describeDetails(report)) say(line);
    const faults = judgeFreeze(report);
    hasFaults ||= faults.length > 0;
    for (const fault of faults) say(`✗ ${party}: ${fault}`);
  }
  say(describeFreezes(reports));
  say(hasFaults ? "✗ Bounds were broken" : "✓ All went on within its bounds, and recovered");
  return hasFaults ? 1 : 0;
}
