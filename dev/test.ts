import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { CHECKOUT } from "./checkout.ts";
import { describeError } from "./terminal/describe-error.ts";
import { untilInterrupted } from "./terminal/interruption.ts";
import { terminalProgress } from "./terminal/progress.ts";
import { FAST_CHECKS, SERVER_CHECKS } from "./test-run/checks.ts";
import { bringRequirements, OLDER_NATS } from "./test-run/requirements.ts";
import { runChecks } from "./test-run/run-checks.ts";
import { parseSelection, selectChecks, type Selection } from "./test-run/select-checks.ts";
import { summary } from "./test-run/summary.ts";
import { keepTimes, timeTables } from "./test-run/times.ts";

const USAGE = `npm test                      everything
npm test -- PATH …            test files whose path contains PATH
npm test -- PATH … -t NAME    of these the tests with such a name, or other options of vitest
docs/testing.md says more.`;

const progress = terminalProgress(process.stdout);
const signal = untilInterrupted(() => process.exit(130));
const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  progress.say(USAGE);
  process.exit(0);
}
try {
  process.exit(await run(parseSelection(args)));
} catch (error) {
  progress.say(describeError(error));
  process.exit(1);
}

/**
 * Runs the selected tests.
 * @returns The exit code.
 */
async function run(selection: Selection): Promise<number> {
  const startedAt = new Date();
  const isWhole = selection.paths.length === 0;
  const isCi = process.env["CI"] === "true";
  const onServers = isWhole ? SERVER_CHECKS : await selectChecks(selection);
  const needs = new Set(onServers.flatMap((check) => check.needs ?? []));
  const env = await bringRequirements(needs, { progress, mayBeMissing: !isCi });
  const possible = onServers.filter(
    (check) => check.env?.["NATS_SERVER"] === undefined || env[OLDER_NATS] === "available",
  );
  const options = { progress, signal, env };
  const cores = availableParallelism();
  const fast = await runChecks(isWhole ? FAST_CHECKS : [], { ...options, concurrency: cores });
  const parts = [...fast, ...(await runChecks(possible, { ...options, concurrency: 1 }))];
  if (signal.aborted) {
    progress.say("Interrupted");
    return 130;
  }
  const totalMs = Date.now() - startedAt.getTime();
  progress.say(timeTables(parts, totalMs));
  const file = await keepTimes(parts, { startedAt, totalMs, args, natsServer: env["NATS_SERVER"] });
  progress.say(`\nTimes: ${relative(CHECKOUT, file)}`);
  // With options such as -t, Vitest leaves out tests, and reports them as skipped.
  const mayBeSkipped = !isCi || selection.options.length > 0;
  const { text, isGood } = summary(parts, { mayBeSkipped });
  progress.say(text);
  return isGood ? 0 : 1;
}
