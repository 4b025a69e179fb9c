import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeError } from "../../dev/terminal/describe-error.ts";
import { untilInterrupted } from "../../dev/terminal/interruption.ts";
import { describeReport } from "./report/describe-report.ts";
import { runStress } from "./run-stress.ts";
import { parseStressOptions, STRESS_USAGE } from "./stress-options.ts";

const interrupted = untilInterrupted(() => process.exit(130));
const parsed = parseStressOptions(process.argv.slice(2));
if (parsed.kind === "usage") {
  console.error([...parsed.faults, "", STRESS_USAGE].join("\n"));
  process.exit(2);
}
const { options, output } = parsed;
// Progress goes to stderr, because stdout must contain only the report.
const say = (line: string) => void process.stderr.write(`${line}\n`);
try {
  say(`Seed ${options.seed}`);
  const { report, plot } = await runStress(options, { say, signal: interrupted });
  const plotFile = output.plotFile ?? join(".stress", `stress-${options.seed}.svg`);
  await mkdir(dirname(plotFile), { recursive: true });
  await writeFile(plotFile, plot);
  console.log(output.isJson ? JSON.stringify(report, undefined, 2) : describeReport(report));
  say(`Plot: ${plotFile}`);
  process.exitCode = report.faults.length === 0 ? 0 : 1;
} catch (error) {
  process.exitCode = interrupted.aborted ? 130 : 1;
  if (!interrupted.aborted) say(describeError(error));
}
process.exit();
